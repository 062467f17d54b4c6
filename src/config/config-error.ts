/** One thing that is wrong with the configuration, and what to do about it. Never quotes a secret. */
export interface ConfigProblem {
  /** The setting or settings that it is about. */
  readonly setting: string;
  readonly problem: string;
  readonly hint: string;
}

/** Everything that is wrong with the configuration, at once. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ setting, problem, hint }) => `${setting} ${problem}\n  ${hint}`).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
