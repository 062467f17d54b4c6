/** `[#####...............] 500000 of 2000000 entries`: the progress of long work, on one line. */
export function progressBar(done: number, total: number, what: string): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const bar = '#'.repeat(Math.round(share * 20)).padEnd(20, '.');
  return `[${bar}] ${Math.min(done, total)} of ${total} ${what}`;
}
