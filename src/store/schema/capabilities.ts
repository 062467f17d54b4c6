import type { Timestamp } from './foundation.ts';

export interface CapabilityTables {
  capability_checked_first: {
    origin: string;
    operation: string;
    shown_at: Timestamp;
  };
}
