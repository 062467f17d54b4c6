import type { VerifierKey } from './signing-keys.ts';

/** What the verifier holds in its hands beside the file. */
export interface Trust {
  /** The key that must have signed. Null: then the file is only as trustworthy as its source. */
  readonly key: VerifierKey | null;
  /**
   * An earlier checkpoint of the same log, a signed note. Null: the verdict does not say whether the log was only
   * appended to.
   */
  readonly against: string | null;
}

/** The findings. The file is valid only if there is no problem at all. */
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
