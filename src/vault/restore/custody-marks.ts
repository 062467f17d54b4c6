/**
 * The progress of custody: a number that grows with every change of a connection's generation, in the database and
 * beside it. If a database has a lower number than the highest seen, it was put back to an earlier state; its tokens
 * may have been spent since (rule 20).
 */
export interface CustodyMarks {
  current(): Promise<number>;
  /** The restoration that no operator has acknowledged yet. */
  openRestoration(): Promise<Restoration | null>;
  /** Notes that the database is behind a mark, if it is, and unless that is noted already. */
  noteRestoration(knownMark: number): Promise<void>;
  /**
   * Acknowledges the open restoration, and raises the database's number above the highest known one. Null: there is
   * none.
   */
  acknowledge(by: string): Promise<Restoration | null>;
}

export interface Restoration {
  readonly detectedAt: Date;
  readonly databaseMark: number;
  readonly knownMark: number;
}

/** The highest number that was seen. It is kept outside the database, and several instances may share it. */
export interface HighWater {
  /** 0 if no number is known yet. */
  read(): Promise<number>;
  /** Notes a number unless a higher one is noted; returns the noted one, which is durable then. */
  raise(mark: number): Promise<number>;
}
