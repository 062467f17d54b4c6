import type { Config, NotionConfig } from '../config/config.ts';
import type { ProgramLog } from '../domain/program-log.ts';
import type { Now } from '../domain/units.ts';
import type { Prometheus } from '../doors/health/prometheus.ts';
import type { Store } from '../store/open-store.ts';
import type { RootParts } from './root-keys.ts';

/** What every part of the composition is given. */
export interface Place extends RootParts {
  /** It is known by now where Notion is. */
  readonly config: Config & { readonly notion: NotionConfig };
  readonly log: ProgramLog;
  readonly now: Now;
  readonly monotonicMs: () => number;
  readonly store: Store;
  readonly prometheus: Prometheus;
  readonly publicUrl: string;
  /** Whether `close` has been called. */
  readonly stopping: () => boolean;
  /** Called in reverse order at the end. */
  readonly closers: (() => Promise<unknown>)[];
}
