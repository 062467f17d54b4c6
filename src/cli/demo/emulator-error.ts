/** The emulator did not start, or ended. Most often its port is taken. */
export class EmulatorError extends Error {
  readonly port: number;

  constructor(port: number) {
    super(`the Notion emulator${port === 0 ? '' : ` on port ${port}`} ended`);
    this.name = 'EmulatorError';
    this.port = port;
  }
}
