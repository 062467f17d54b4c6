import type { ErrorCode } from './errors.ts';
import type { MirroredProperties } from './grant.ts';
import type { NotionObjectKind } from './operation.ts';

/** The objects of Notion that hold others. A grant can hold for one of these and what is below it. */
export const containerKinds = ['page', 'database', 'data_source'] as const;
export type ContainerKind = (typeof containerKinds)[number];

export interface Container {
  readonly kind: ContainerKind;
  /** Notion's id, canonical. */
  readonly id: string;
}

/** Where an object stands. A decision by page is made from this. */
export type Ancestry =
  | {
      readonly state: 'known';
      /**
       * The containers from the object itself up to the topmost one that the connection can see, nearest first. An
       * object that is no container (a block, a comment, a view, …) begins at the container that holds it. A page
       * inside a block stands under the page that holds the block. Empty: the object stands in the workspace itself.
       */
      readonly path: readonly Container[];
      /**
       * The object is a block without children: deleting it removes no page. Set only if the block was looked up just
       * now.
       */
      readonly leaf?: boolean;
      /**
       * The properties that this workspace's conditions test, by page of the path. A page that is missing here was not
       * read.
       */
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
