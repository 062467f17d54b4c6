/** How many unfinished request bodies one process holds, for one sender, and for the group that it belongs to. */
export interface HeldBodiesLimits {
  readonly max: number;
  readonly maxEach: number;
  readonly maxOfGroup: number;
}

/** Whose body it is: a principal of a workspace; of strangers nothing is known but an address. */
export interface Sender {
  readonly each: string;
  readonly group: string;
}

/** Counts the request bodies that are being received: what is held in memory, or in a connection to Notion, for somebody. */
export interface HeldBodies {
  /** Answers with what to call when the body is over; null when this sender, its group, or everybody, holds too many. */
  hold(sender: Sender): (() => void) | null;
}

export function createHeldBodies({ max, maxEach, maxOfGroup }: HeldBodiesLimits): HeldBodies {
  const counts = new Map<string, number>();
  return {
    hold({ each, group }) {
      const claims = [
        { key: 'all', max },
        { key: `each ${each}`, max: maxEach },
        { key: `group ${group}`, max: maxOfGroup },
      ];
      if (claims.some(claim => (counts.get(claim.key) ?? 0) >= claim.max)) return null;
      for (const { key } of claims) counts.set(key, (counts.get(key) ?? 0) + 1);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        for (const { key } of claims) {
          const left = (counts.get(key) ?? 1) - 1;
          if (left === 0) counts.delete(key);
          else counts.set(key, left);
        }
      };
    },
  };
}
