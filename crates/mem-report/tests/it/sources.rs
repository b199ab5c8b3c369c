//! What the operating system says, and what it says when it is garbled.
#![cfg(target_os = "linux")]

use mem_report::cgroup::{Container, Version};
use mem_report::procfs::{parse_smaps, parse_smaps_rollup, parse_statm, parse_status};
use mem_report::{MemoryUsage, Precision, Process, ReadError, Source, resident_set};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// An empty directory of a test.
pub fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("the target directory can be written");
    directory
}

fn write(directory: &Path, file: &str, text: impl AsRef<[u8]>) {
    let path = directory.join(file);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    fs::write(path, text).expect("a file");
}

#[test]
fn the_resident_set_contains_what_is_touched() {
    const BIG: u64 = 256 << 20;
    // The reading by itself, not what it grew by: other tests of this process free memory meanwhile.
    let touched = std::hint::black_box(vec![1_u8; BIG as usize]);
    let seen = resident_set().expect("Linux tells");
    drop(touched);
    assert!((BIG..BIG << 8).contains(&seen.bytes), "{}", seen.bytes);
    assert_eq!(seen.source, Source::VM_RSS);
    assert_eq!(seen.source.precision(), Precision::Noisy);
}

#[test]
fn sizes_peaks_shares_and_mappings_agree() {
    let process = Process::current().expect("Linux tells");
    let memory = process.memory().expect("status");
    let bytes = |reading: Option<mem_report::Reading>| reading.expect("Linux tells").bytes;
    assert!(bytes(memory.peak_resident) >= bytes(memory.resident) / 2);
    assert!(bytes(memory.peak_virtual) >= bytes(memory.virtual_size));
    assert!(bytes(memory.virtual_size) >= bytes(memory.resident));
    assert!(MemoryUsage::from(process.sizes().expect("statm")).rss().is_some());
    let shares = process.shares().expect("smaps_rollup");
    assert!(shares.proportional <= shares.resident && shares.private <= shares.resident);
    let mappings = process.mappings().expect("smaps");
    let stack = mappings.iter().find(|mapping| mapping.name == "[stack]").expect("a stack");
    assert!(stack.shares.resident.is_some_and(|bytes| bytes <= stack.size()));
}

#[test]
fn another_process_is_read_by_its_number() {
    let process = Process::with_id(std::process::id()).expect("this process");
    assert!(process.resident().expect("it runs").bytes > 0);
    assert!(matches!(Process::with_id(u32::MAX), Err(ReadError::Io { .. })));
}

#[test]
fn a_process_that_has_ended_is_an_error_with_its_cause() {
    let mut child = std::process::Command::new("sleep").arg("60").spawn().expect("sleep runs");
    let process = Process::with_id(child.id()).expect("it runs");
    process.resident().expect("it runs");
    child.kill().expect("it ends");
    child.wait().expect("it ends");
    let error = process.resident().expect_err("it has ended");
    assert!(matches!(error, ReadError::Io { .. }), "{error}");
    assert!(error.source().is_some());
}

#[test]
fn garbled_files_are_errors_and_absent_figures() {
    let directory = directory("garbled");
    for text in ["", "\n", "12", "12 34", "12 x4 5\n", "-1 2 3\n", "99999999999999999999 1 2\n"] {
        write(&directory, "statm", text);
        let process = Process::in_directory(&directory).expect("a file");
        let error = process.resident().expect_err("garbled");
        assert!(matches!(error, ReadError::Format { .. }), "{text:?}: {error}");
    }
    write(
        &directory,
        "status",
        "VmRSS:\t12 MB\nVmSize: kB\nVmHWM:\t99999999999999999999 kB\nVmSwap",
    );
    let memory = Process::in_directory(&directory).expect("a file").memory().expect("readable");
    assert_eq!(memory, mem_report::ProcessMemory::default());
    assert!(matches!(Process::in_directory(directory.join("no")), Err(ReadError::Io { .. })));
}

#[test]
fn pages_beyond_all_memory_are_a_garbled_file() {
    let directory = directory("too-many-pages");
    write(&directory, "statm", "18446744073709551615 18446744073709551615 0 0 0 0 0\n");
    let process = Process::in_directory(&directory).expect("a file");
    assert!(matches!(process.resident(), Err(ReadError::Format { .. })));
}

#[test]
fn texts_of_the_kernel_are_parsed() {
    assert_eq!(parse_statm(b"765 441 412 5 0 90 0\n"), Some((765, 441)));
    let status =
        parse_status("VmPeak:\t    3060 kB\nVmHWM:\t 1764 kB\nRssAnon:\t 116 kB\nThreads:\t1\n");
    assert_eq!((status.peak_virtual, status.peak_resident), (Some(3060 << 10), Some(1764 << 10)));
    assert_eq!((status.anonymous, status.resident), (Some(116 << 10), None));
    let rollup = "55cc24a34000-7ffdb9e18000 ---p 00000000 00:00 0    [rollup]\nRss:   1752 kB\n\
                  Pss:    313 kB\nPrivate_Clean:   40 kB\nPrivate_Dirty:  116 kB\nSwap:  0 kB\n";
    let shares = parse_smaps_rollup(rollup);
    assert_eq!((shares.resident, shares.proportional), (Some(1752 << 10), Some(313 << 10)));
    assert_eq!((shares.private, shares.swapped), (Some(156 << 10), Some(0)));
    let smaps = "nonsense\n562a39e58000-562a39e5a000 r--p 00000000 fe:00 247282     /usr/bin/a b\n\
                 Rss:   8 kB\nVmFlags: rd mr\n7f0000000000-7f0000001000 rw-p 00000000 00:00 0\nRss: 4 kB\n";
    let mappings: Vec<_> = parse_smaps(smaps).collect();
    assert_eq!(mappings.len(), 2);
    assert_eq!((mappings[0].name.as_str(), mappings[0].size()), ("/usr/bin/a b", 8192));
    assert_eq!(mappings[0].permissions, "r--p");
    assert_eq!((mappings[1].name.as_str(), mappings[1].shares.resident), ("", Some(4096)));
}

#[test]
fn a_container_of_version_2_has_the_least_limit_around_it() {
    let root = directory("cgroup2");
    write(&root, "proc/cgroup", "0::/kube/pod one/app\n");
    write(
        &root,
        "proc/mountinfo",
        "20 1 0:5 / / rw - ext4 /dev/vda rw\n30 20 0:26 / /cg\\040roup rw - cgroup2 cgroup rw\n",
    );
    let group = |path: &str, file: &str, text: &str| {
        write(&root, &format!("cg roup/{path}{file}"), text);
    };
    group("kube/", "memory.max", "1000000\n");
    group("kube/", "memory.high", "max\n");
    group("kube/pod one/", "memory.max", "500000\n");
    group("kube/pod one/app/", "memory.max", "max\n");
    group("kube/pod one/app/", "memory.high", "400000\n");
    group("kube/pod one/app/", "memory.current", "300000\n");
    let container = Container::of(&root.join("proc"), &root).expect("a group");
    assert_eq!(container.version(), Version::V2);
    let memory = container.memory();
    assert_eq!((memory.limit, memory.throttled_from), (Some(500_000), Some(400_000)));
    assert_eq!((memory.used, memory.peak), (Some(300_000), None));
}

#[test]
fn a_container_of_version_1_sees_its_part_of_the_hosts_path() {
    let root = directory("cgroup1");
    write(&root, "proc/cgroup", "5:cpu,memory:/docker/1f\n1:name=systemd:/x\n0::/\n");
    write(
        &root,
        "proc/mountinfo",
        "35 31 0:32 /docker/1f /memory ro - cgroup cgroup rw,cpu,memory\n41 1 0:9 / /u rw - cgroup2 c rw\n",
    );
    write(&root, "memory/memory.limit_in_bytes", "9223372036854771712\n");
    write(&root, "memory/memory.usage_in_bytes", "4096\n");
    write(&root, "memory/memory.max_usage_in_bytes", "8192\n");
    let container = Container::of(&root.join("proc"), &root).expect("a group");
    assert_eq!(container.version(), Version::V1);
    let memory = container.memory();
    assert_eq!((memory.limit, memory.used, memory.peak), (None, Some(4096), Some(8192)));
}

#[test]
fn no_container_is_no_figure() {
    let root = directory("no-cgroup");
    assert_eq!(Container::of(&root, &root), None);
    write(&root, "cgroup", "garbled\n0::relative\nx:memory\n");
    write(&root, "mountinfo", "garbled - \n - cgroup2\n");
    assert_eq!(Container::of(&root, &root), None);
    write(&root, "cgroup", "0::/../../etc\n");
    write(&root, "mountinfo", "1 1 0:1 / /none rw - cgroup2 c rw\n");
    assert_eq!(Container::of(&root, &root), None);
}

#[test]
fn a_group_without_the_memory_controller_is_counted_by_the_one_around_it() {
    let root = directory("cgroup2-uncontrolled");
    write(&root, "proc/cgroup", "0::/user/session/app\n");
    write(&root, "proc/mountinfo", "30 20 0:26 / /cg rw - cgroup2 cgroup rw\n");
    fs::create_dir_all(root.join("cg/user/session/app")).expect("a directory");
    write(&root, "cg/user/memory.current", "4096\n");
    write(&root, "cg/user/memory.max", "8192\n");
    let memory = Container::of(&root.join("proc"), &root).expect("a group").memory();
    assert_eq!((memory.used, memory.limit), (Some(4096), Some(8192)));
}

#[test]
fn names_that_are_not_utf_8_hide_no_figure() {
    let root = directory("names");
    // The kernel cuts a process's name after 15 bytes, here within a letter.
    let cut = &"speicherpr\u{fc}f-\u{e4}mter".as_bytes()[..15];
    assert!(std::str::from_utf8(cut).is_err());
    write(&root, "statm", "1 1 1 1 0 1 0\n");
    write(&root, "status", [b"Name:\t", cut, b"\nVmRSS:\t    3 kB\n"].concat());
    write(&root, "smaps", b"1000-2000 r--p 00000000 00:00 0 /\xff\nRss: 4 kB\n");
    let process = Process::in_directory(&root).expect("a file");
    let resident = process.memory().expect("status").resident;
    assert_eq!(resident.map(|reading| reading.bytes), Some(3072));
    assert_eq!(process.mappings().expect("smaps")[0].shares.resident, Some(4096));
    write(&root, "cgroup", "0::/\n");
    write(
        &root,
        "mountinfo",
        b"1 1 8:1 / /media/\xff rw - ext4 /dev/sdb rw\n2 1 0:2 / /cg rw - cgroup2 c rw\n",
    );
    write(&root, "cg/memory.current", "4096\n");
    assert_eq!(Container::of(&root, &root).and_then(|it| it.memory().used), Some(4096));
}

#[test]
fn an_allocators_refusal_is_the_source_of_the_error() {
    let error = ReadError::Allocator { name: "jemalloc", error: "no statistics".into() };
    let said = error.source().map(ToString::to_string);
    assert_eq!(
        (error.to_string().as_str(), said.as_deref()),
        ("jemalloc gives no figures", Some("no statistics"))
    );
}
