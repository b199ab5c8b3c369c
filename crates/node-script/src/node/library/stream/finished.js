'use strict';
// `finished`, which tells how a stream ends; `addAbortSignal`; destroying what is a stream or resembles one.

const { AbortError, check, nodeError } = require('internal/errors');
const {
  isClosed, isNodeStream, isReadable, isReadableFinished, isReadableNodeStream, isWritable, isWritableFinished,
  isWritableNodeStream, isFinished, isDestroyed, readableError, willEmitClose: emitsClose, writableError,
} = require('internal/stream/state');

const isRequest = (stream) => stream.setHeader && typeof stream.abort === 'function';

function once(call) {
  let called = false;
  return function onlyOnce(...given) {
    if (called) return;
    called = true;
    call.apply(this, given);
  };
}

// Calls `given` when a stream has ended, has failed or was closed too early. Gives a function that takes the listeners away.
function eos(stream, settings, given) {
  let options = settings;
  let callback = given;
  if (arguments.length === 2) [callback, options] = [options, {}];
  if (options == null) options = {};
  else check.object(options, 'options');
  check.func(callback, 'callback');
  check.abortSignal(options.signal, 'options.signal');
  callback = once(callback);
  if (!isNodeStream(stream)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  }
  const readable = options.readable ?? isReadableNodeStream(stream);
  const writable = options.writable ?? isWritableNodeStream(stream);
  const writableState = stream._writableState;
  const readableState = stream._readableState;
  // 'close' decides, if it comes: after it nothing else follows.
  let willClose = emitsClose(stream) && isReadableNodeStream(stream) === readable
    && isWritableNodeStream(stream) === writable;
  let writableDone = isWritableFinished(stream, false);
  let readableDone = isReadableFinished(stream, false);

  const onfinish = () => {
    writableDone = true;
    // A stream that was destroyed emits 'close' whatever it says.
    if (stream.destroyed) willClose = false;
    if (willClose && (!stream.writable || readable)) return;
    if (!readable || readableDone) callback.call(stream);
  };
  const onend = () => {
    readableDone = true;
    if (stream.destroyed) willClose = false;
    if (willClose && (!stream.readable || writable)) return;
    if (!writable || writableDone) callback.call(stream);
  };
  const onlegacyfinish = () => {
    if (!stream.writable) onfinish();
  };
  const onerror = (error) => callback.call(stream, error);
  let closed = isClosed(stream);
  const failure = () => {
    const error = writableError(stream) || readableError(stream);
    return error && typeof error !== 'boolean' ? error : null;
  };
  const onclose = () => {
    closed = true;
    const error = failure();
    const early = () => callback.call(stream, nodeError('ERR_STREAM_PREMATURE_CLOSE'));
    if (error) callback.call(stream, error);
    else if (readable && !readableDone && isReadableNodeStream(stream, true) && !isReadableFinished(stream, false)) early();
    else if (writable && !writableDone && !isWritableFinished(stream, false)) early();
    else callback.call(stream);
  };
  const onclosed = () => {
    closed = true;
    const error = failure();
    if (error) callback.call(stream, error);
    else callback.call(stream);
  };
  const onrequest = () => stream.req.on('finish', onfinish);

  if (isRequest(stream)) {
    stream.on('complete', onfinish);
    if (!willClose) stream.on('abort', onclose);
    if (stream.req) onrequest();
    else stream.on('request', onrequest);
  } else if (writable && !writableState) {
    stream.on('end', onlegacyfinish);
    stream.on('close', onlegacyfinish);
  }
  if (!willClose && typeof stream.aborted === 'boolean') stream.on('aborted', onclose);
  stream.on('end', onend);
  stream.on('finish', onfinish);
  if (options.error !== false) stream.on('error', onerror);
  stream.on('close', onclose);

  if (closed) {
    process.nextTick(onclose);
  } else if (writableState?.errorEmitted || readableState?.errorEmitted) {
    if (!willClose) process.nextTick(onclosed);
  } else if (!readable && (!willClose || isReadable(stream)) && (writableDone || isWritable(stream) === false)) {
    process.nextTick(onclosed);
  } else if (!writable && (!willClose || isWritable(stream)) && (readableDone || isReadable(stream) === false)) {
    process.nextTick(onclosed);
  } else if (readableState && stream.req && stream.aborted) {
    process.nextTick(onclosed);
  }

  const cleanup = () => {
    callback = () => {};
    for (const [event, listener] of [['aborted', onclose], ['complete', onfinish], ['abort', onclose],
      ['request', onrequest], ['end', onlegacyfinish], ['close', onlegacyfinish], ['finish', onfinish], ['end', onend],
      ['error', onerror], ['close', onclose]]) {
      stream.removeListener(event, listener);
    }
    stream.req?.removeListener('finish', onfinish);
  };

  if (options.signal && !closed) {
    const abort = () => {
      const end = callback;
      cleanup();
      end.call(stream, new AbortError(undefined, { cause: options.signal.reason }));
    };
    if (options.signal.aborted) {
      process.nextTick(abort);
    } else {
      const inner = callback;
      options.signal.addEventListener('abort', abort);
      callback = once((...result) => {
        options.signal.removeEventListener('abort', abort);
        inner.apply(stream, result);
      });
    }
  }
  return cleanup;
}

// Destroys what is a stream, or ends it in the way that it knows.
function destroyer(stream, given) {
  if (!stream || isDestroyed(stream)) return;
  const error = given || isFinished(stream) ? given : new AbortError();
  if (typeof stream.destroy === 'function') stream.destroy(error);
  else if (typeof stream.close === 'function') stream.close();
  else if (error) process.nextTick(() => stream.emit('error', error));
  if (!stream.destroyed) stream.destroyed = true;
}

function addAbortSignal(signal, stream) {
  if (signal === null || typeof signal !== 'object' || !('aborted' in signal)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'signal', 'AbortSignal', signal);
  }
  if (!isNodeStream(stream)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  }
  const abort = () => stream.destroy(new AbortError(undefined, { cause: signal.reason }));
  if (signal.aborted) {
    abort();
  } else {
    signal.addEventListener('abort', abort);
    eos(stream, () => signal.removeEventListener('abort', abort));
  }
  return stream;
}

// `stream.destroy`.
function destroy(stream, error) {
  destroyer(stream, error);
  return stream;
}

module.exports = { addAbortSignal, destroy, destroyer, eos, finished: eos };
