import { secondMs } from '../../domain/units.ts';

/** Something without which no call can be answered. Throws, or answers false, when it is not there. */
export interface ReadinessCheck {
  /** As the answer of `/readyz` names it. */
  readonly name: string;
  readonly holds: () => Promise<boolean> | boolean;
}

/** How long one check may take, and for how long its result is good: asking often must not be a burden. */
const checkMsMax = 2 * secondMs;
const goodForMs = secondMs;

/** Answers with the names of the checks that fail. Nothing that an error says is passed on: strangers read this. */
export function createReadiness(
  checks: readonly ReadinessCheck[],
  monotonicMs: () => number,
): () => Promise<readonly string[]> {
  let last: { readonly atMs: number; readonly failing: Promise<readonly string[]> } | null = null;
  return () => {
    if (last === null || monotonicMs() - last.atMs > goodForMs) {
      last = { atMs: monotonicMs(), failing: findFailing(checks) };
    }
    return last.failing;
  };
}

async function findFailing(checks: readonly ReadinessCheck[]): Promise<readonly string[]> {
  const holding = await Promise.all(checks.map(check => inTime(check).catch(() => false)));
  return checks.filter((_, index) => !holding[index]).map(({ name }) => name);
}

async function inTime({ holds }: ReadinessCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), checkMsMax).unref();
  });
  try {
    return await Promise.race([holds(), late]);
  } finally {
    clearTimeout(timer);
  }
}
