import type { VerifierKey } from './signing-keys.ts';

/** What the verifier holds in its hands beside the file. */
export interface Trust {
  /** The key that must have signed. Null: then the file is only as good as whoever handed it over. */
  readonly key: VerifierKey | null;
  /** A checkpoint of the same log, kept from before: a signed note. Null: nothing is said about what was there before. */
  readonly against: string | null;
}

/** What was found. It holds only if there is no problem at all. */
export interface Verdict {
  readonly holds: boolean;
  readonly problems: readonly string[];
  /** How many problems there were beyond those that are listed. */
  readonly more: number;
  readonly origin: string | null;
  /** How many entries the log has at its last checkpoint. */
  readonly size: number;
  /** The last checkpoint, a signed note. */
  readonly checkpoint: string | null;
  /** The public keys that the file brings along. */
  readonly keys: readonly string[];
  /** The size of the kept checkpoint that the log continues. */
  readonly continues: number | null;
}
