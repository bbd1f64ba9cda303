/** Waits for a promise at most so long (ms); null when it took longer. @throws the signal's reason */
export async function within<T>(
  milliseconds: number,
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T | null> {
  const end = Promise.withResolvers<null>();
  const timer = setTimeout(() => end.resolve(null), milliseconds);
  const onAbort = (): void => end.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, end.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
