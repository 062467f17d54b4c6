/**
 * Resolves at the first SIGINT or SIGTERM. A terminal sends Ctrl-C to the whole group, and npm may pass it on once more, so
 * the signal arrives twice: those after the first are ignored, and what is under way ends in order.
 */
export function untilStopped(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}
