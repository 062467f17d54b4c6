/** How a seed is written: readable data, in Notion's own words. Keys name things, so that ids never change. */
export interface WorkspaceSeed {
  /** Unique among seeds; ids derive from it. */
  readonly key: string;
  readonly name: string;
  readonly plan: 'free' | 'plus' | 'business' | 'enterprise';
  readonly people: readonly PersonSeed[];
  readonly emojis?: readonly string[];
  readonly teamspaces?: readonly TeamspaceSeed[];
  /** In order at the top of the workspace. */
  readonly pages: readonly PageSeed[];
}

export interface PersonSeed {
  readonly key: string;
  readonly name: string;
  readonly email: string;
}

export interface TeamspaceSeed {
  readonly key: string;
  readonly name: string;
  readonly access: 'open' | 'closed' | 'private';
  /** Keys of people. */
  readonly members: readonly string[];
}

export interface PageSeed {
  readonly key: string;
  readonly title: string;
  readonly icon?: string;
  /** Ticked when the page picker opens; top-level pages only. */
  readonly ticked?: true;
  /** The key of the person who keeps it to themselves. */
  readonly privateTo?: string;
  /** The key of the teamspace that it stands in; top-level pages only. */
  readonly teamspace?: string;
  /** Notion-flavoured Markdown. */
  readonly content?: string;
  readonly pages?: readonly PageSeed[];
  readonly databases?: readonly DatabaseSeed[];
  readonly comments?: readonly { readonly by: string; readonly text: string }[];
}

export interface DatabaseSeed {
  readonly key: string;
  readonly title: string;
  readonly description?: string;
  /** Property name to type, with the options of a select after a colon: `"select: Low, High"`. */
  readonly properties: Readonly<Record<string, string>>;
  readonly rows: readonly RowSeed[];
  readonly templates?: readonly {
    readonly key: string;
    readonly title: string;
    readonly content: string;
    readonly default?: true;
  }[];
}

/** Property name to value: text, number, flag, ISO date, option name, list of options, or a person's key. */
export type RowSeed = Readonly<Record<string, string | number | boolean | readonly string[]>> & {
  readonly content?: string;
};
