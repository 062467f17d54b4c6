/** Counts what one process holds for others, and says when one of them has used up their share. */
export interface Held<Name extends string> {
  /**
   * Holds one more, for each of these holders.
   *
   * @returns what to call when it is over, once or more often; null when one of the holders has as much as it may
   */
  hold(holders: Readonly<Record<Name, string>>): (() => void) | null;
}

/** @param limits how many may be held at once, for one holder of each kind */
export function createHeld<Name extends string>(limits: Readonly<Record<Name, number>>): Held<Name> {
  const counts = new Map<string, number>();
  const kinds = Object.keys(limits) as Name[];
  return {
    hold(holders) {
      const claims = kinds.map(kind => ({ key: `${kind} ${holders[kind]}`, max: limits[kind] }));
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
