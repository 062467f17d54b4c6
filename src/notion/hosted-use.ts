import type { Action } from '../domain/action.ts';
import type { NotionObjectKind, ToolShows } from '../domain/operation.ts';

/** An argument of a tool that names an object, and what a caller must be allowed to do with it. */
export interface ArgumentLocator {
  /** Dotted path into the arguments; `*` steps through a list. */
  readonly at: string;
  readonly kind: NotionObjectKind;
  readonly actions: readonly Action[];
  /** Only the caller who made the object through this gateway may use it. */
  readonly owned?: true;
  /** Look up again where the object stands if that is known for longer than 5 s (rule 18). */
  readonly fresh?: true;
  /** The action must also be allowed on the object's parent. */
  readonly alsoParent?: true;
  /** The arguments that name the new parent: a move must not give any member more than before (rule 9). */
  readonly movesUnder?: readonly string[];
}

/** An argument that turns a call into something graver. */
export interface ArgumentEscalation {
  readonly at: string;
  /**
   * `present`: any value counts. `true`: any value except `false` counts. `drop`: a statement that drops a column
   * counts.
   */
  readonly when: 'present' | 'true' | 'drop';
  readonly actions: readonly Action[];
  /** The locator of the object that they are demanded on. */
  readonly on: string;
  readonly fresh?: true;
}

/** How a tool is called at the hosted server, as far as a decision needs it. */
export interface HostedUse {
  readonly locators: readonly ArgumentLocator[];
  /**
   * Demanded on the whole workspace if none of these locators found anything: this is the hosted server's own default.
   */
  readonly otherwise?: {
    readonly unless: readonly string[];
    readonly actions: readonly Action[];
    readonly filtered?: true;
  };
  readonly escalations?: readonly ArgumentEscalation[];
  /** Arguments of Notion-flavoured Markdown: what they mention is read, and what they place is moved. */
  readonly markdown?: readonly string[];
  /** Arguments with texts that may name pages: values of properties, icons, covers. */
  readonly texts?: readonly string[];
  /** Arguments that are statements about columns: the tables that they name. */
  readonly statements?: readonly string[];
  /** Arguments that are SQL: every table that it names is read. */
  readonly sql?: readonly string[];
  /** Arguments whose keys are the names of properties that the call writes. */
  readonly writes?: readonly string[];
  /** Arguments that only the REST API has. */
  readonly onlyOverRest?: readonly string[];
  readonly shows: ToolShows;
}
