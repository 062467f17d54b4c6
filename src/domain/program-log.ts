/**
 * Writes what operators should know: fields and a sentence, or a sentence alone. Never a body, a header or a token. A
 * `pino` logger is one.
 */
export interface ProgramLog {
  info(sentence: string): void;
  info(fields: object, sentence: string): void;
  warn(sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(sentence: string): void;
  error(fields: object, sentence: string): void;
}

/** Writes nothing. */
export const silentLog: ProgramLog = { info() {}, warn() {}, error() {} };
