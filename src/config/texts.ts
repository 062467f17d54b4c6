/** The environment, or flags by the name of their setting. */
export type Texts = Readonly<Record<string, string | undefined>>;
