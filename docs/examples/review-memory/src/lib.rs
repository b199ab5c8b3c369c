//! A small service whose memory is reviewed: a cache of the latest answers.

use std::collections::VecDeque;

/// Answers with their requests, the latest `most` of them.
pub struct Cache {
    most: usize,
    answers: VecDeque<(u64, Vec<u8>)>,
}

impl Cache {
    /// An empty cache of at most `most` answers, with capacity for them.
    pub fn new(most: usize) -> Self {
        Self { most, answers: VecDeque::with_capacity(most) }
    }

    /// The length of the answer to a request, which is made if it is not there.
    pub fn answer(&mut self, request: u64) -> usize {
        if let Some((_, answer)) = self.answers.iter().find(|(known, _)| *known == request) {
            return answer.len();
        }
        if self.answers.len() == self.most {
            self.answers.pop_front();
        }
        let answer = vec![b'.'; 100 + (request % 7) as usize * 100];
        let length = answer.len();
        self.answers.push_back((request, answer));
        length
    }
}
