/**
 * Resolves at the first SIGINT or SIGTERM. A terminal sends Ctrl-C to the whole group, and npm may pass it on again, so
 * the signal arrives twice. Later signals are ignored, and running work ends in order.
 */
export function untilStopped(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}
