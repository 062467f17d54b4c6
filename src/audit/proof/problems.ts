/** Collects any number of problems, in bounded memory. */
export interface Problems {
  add(problem: string): void;
  any(): boolean;
  verdict(): { holds: boolean; problems: readonly string[]; more: number };
}

/** What a person reads at most. */
const listedMax = 50;

export function createProblems(): Problems {
  const listed: string[] = [];
  let more = 0;
  return {
    add(problem) {
      if (listed.length < listedMax) listed.push(problem);
      else more += 1;
    },
    any: () => listed.length > 0,
    verdict: () => ({ holds: listed.length === 0, problems: listed, more }),
  };
}
