import type { ProgramLog } from '../domain/program-log.ts';

/** Closes everything that was opened, in reverse order, once, even if `close` is called again. */
export function closingInReverse(log: ProgramLog) {
  const closers: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | null = null;
  const closeAll = async () => {
    for (const closer of closers.reverse()) await closer().catch(err => log.error({ err }, 'closing failed'));
  };
  const close = () => {
    closing ??= closeAll();
    return closing;
  };
  return { closers, close };
}
