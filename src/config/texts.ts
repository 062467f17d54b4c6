/** The environment, or flags by the name of the setting that they stand for. */
export type Texts = Readonly<Record<string, string | undefined>>;
