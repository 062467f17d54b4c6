/** How many unfinished request bodies one process holds, and one sender. */
export interface HeldBodiesLimits {
  readonly max: number;
  readonly maxEach: number;
}

/** Counts the request bodies that are being received: what is held in memory, or in a connection to Notion, for somebody. */
export interface HeldBodies {
  /** Answers with what to call when the body is over; null when this sender, or everybody together, holds too many. */
  hold(sender: string): (() => void) | null;
}

export function createHeldBodies({ max, maxEach }: HeldBodiesLimits): HeldBodies {
  const bySender = new Map<string, number>();
  let all = 0;
  return {
    hold(sender) {
      const own = bySender.get(sender) ?? 0;
      if (all >= max || own >= maxEach) return null;
      all++;
      bySender.set(sender, own + 1);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        all--;
        const left = (bySender.get(sender) ?? 1) - 1;
        if (left === 0) bySender.delete(sender);
        else bySender.set(sender, left);
      };
    },
  };
}
