import type { ErrorCode } from './errors.ts';
import type { MirroredProperties } from './grant.ts';
import type { NotionObjectKind } from './operation.ts';

/** What grants can stand on: the objects of Notion that hold others. */
export const containerKinds = ['page', 'database', 'data_source'] as const;
export type ContainerKind = (typeof containerKinds)[number];

export interface Container {
  readonly kind: ContainerKind;
  /** Notion's id, canonical. */
  readonly id: string;
}

/** Where an object stands: what a decision by page is made on. */
export type Ancestry =
  | {
      readonly state: 'known';
      /**
       * From the object itself up to the top of what the connection is shown, nearest first. What is no container (a
       * block, comment, view, …) begins at the container that holds it. A page in a block stands under the page that
       * holds the block. Empty: the object stands in the workspace itself.
       */
      readonly path: readonly Container[];
      /** The object is a block that holds no other: deleting it removes no page. Only where it was looked at just now. */
      readonly leaf?: boolean;
      /** Properties that conditions of this workspace test, by page of the path; a page that is missing was not read. */
      readonly properties?: ReadonlyMap<string, MirroredProperties>;
    }
  /** Notion does not show the object, or its chain of parents cannot be established within bounds. */
  | { readonly state: 'unknown'; readonly trouble?: AskingTrouble }
  /** It was established longer ago than the workspace allows, and Notion could not be asked again. */
  | { readonly state: 'stale'; readonly trouble?: AskingTrouble };

/** Why Notion gave no answer when it was asked for an object. Depends on the connection, and not on the object. */
export type AskingTrouble = ErrorCode;

/** The key under which `Facts.objects` holds an object's ancestry. */
export function objectKey({ kind, id }: { readonly kind: NotionObjectKind; readonly id: string }): string {
  return `${kind}:${id}`;
}

export function isContainerKind(kind: string): kind is ContainerKind {
  return (containerKinds as readonly string[]).includes(kind);
}
