import type { Faults } from './control/faults.ts';
import type { RequestLog } from './control/request-log.ts';
import type { RotationMode } from './oauth/rotation.ts';
import type { World } from './world/world.ts';

/** What may be changed while the emulator runs. */
export interface Settings {
  rotation: RotationMode;
}

/** One running emulator, as its request handlers see it. */
export interface Emulation {
  readonly world: World;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly settings: Settings;
  /** Authenticates the control API; part of nothing that Notion has. */
  readonly controlToken: string;
  /** `http://127.0.0.1:port` once it listens. */
  url: string;
}
