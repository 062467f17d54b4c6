/** Runs something later; asked for several times, at the earliest of them. Does not keep the process alive. */
export interface Alarm {
  within(ms: number): void;
  stop(): void;
}

export function createAlarm(run: () => void, monotonicMs: () => number): Alarm {
  let set: { readonly atMs: number; readonly timer: NodeJS.Timeout } | null = null;

  function stop(): void {
    if (set !== null) clearTimeout(set.timer);
    set = null;
  }

  return {
    within(ms) {
      const atMs = monotonicMs() + ms;
      if (set !== null && set.atMs <= atMs) return;
      stop();
      const timer = setTimeout(() => {
        set = null;
        run();
      }, ms);
      set = { atMs, timer: timer.unref() };
    },
    stop,
  };
}
