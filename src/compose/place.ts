import type { Logger } from 'pino';
import type { Config, NotionConfig } from '../config.ts';
import type { Prometheus } from '../doors/health/prometheus.ts';
import type { Store } from '../store/open-store.ts';
import type { RootParts } from './root-keys.ts';

/** What the gateway runs with: like `Config`, but it is known by now where Notion is. */
export type GatewayConfig = Config & { readonly notion: NotionConfig };

/** What every part of the composition is given. */
export interface Place extends RootParts {
  readonly config: GatewayConfig;
  readonly log: Logger;
  readonly store: Store;
  readonly prometheus: Prometheus;
  readonly publicUrl: string;
  /** Whether `close` has been called. */
  readonly stopping: () => boolean;
  /** Called in reverse order at the end. */
  readonly closers: (() => Promise<unknown>)[];
}
