/** Has works for one key done one after the other, whether or not those before succeed; those for other keys do not wait. */
export function createTurns<Key>() {
  const last = new Map<Key, Promise<unknown>>();
  return async function inTurn<Result>(key: Key, work: () => Promise<Result>): Promise<Result> {
    const before = last.get(key) ?? Promise.resolve();
    const own = before.then(work, work);
    last.set(key, own);
    try {
      return await own;
    } finally {
      if (last.get(key) === own) last.delete(key);
    }
  };
}
