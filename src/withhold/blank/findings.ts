import type { NotionRef } from '../../domain/page-index.ts';
import { linkTargets } from '../../notion/link-targets.ts';
import type { Json } from '../read-answer.ts';

/** A part of an answer that shows other objects, and what to do if the caller may not have one of them. */
interface Finding {
  readonly shows: readonly NotionRef[];
  readonly hide: () => void;
}

/** An object whose properties can be hidden one by one. */
export interface Masked {
  readonly object: NotionRef;
  readonly hide: (names: ReadonlySet<string>) => void;
}

/** A rollup or formula of a page, with the parts of that page that it may depend on. */
export interface Computed {
  readonly page: NotionRef;
  /** The data source of the page; null where the answer does not name it. */
  readonly dataSource: string | null;
  readonly propertyId: string;
  /** The values of the page, by the id of the property. One that the answer does not show is missing. */
  readonly values: ReadonlyMap<string, ShownBy>;
  readonly hide: () => void;
}

/** A block or page with content, and what to do if the caller may have none of it. */
export interface Holder {
  readonly object: NotionRef;
  readonly hide: () => void;
}

/** A place outside a page that shows its title. */
export interface Titled {
  readonly page: NotionRef;
  readonly hide: () => void;
}

/** A relation of a page that has more entries than the page shows. */
export interface LongRelation {
  readonly page: NotionRef;
  readonly propertyId: string;
  readonly value: Json;
}

/** The other objects that a value shows. */
export interface ShownBy {
  readonly shows: readonly NotionRef[];
  /** Whether these are all of them. */
  readonly whole: boolean;
}

/** The results of one walk through an answer, before it is known what the caller may see. */
export class Findings {
  readonly shown: Finding[] = [];
  readonly masked: Masked[] = [];
  readonly computed: Computed[] = [];
  readonly titled: Titled[] = [];
  readonly holders: Holder[] = [];
  readonly longRelations: LongRelation[] = [];
  /** How many things were blanked without asking. */
  blanked = 0;
  /** Whether the caller may see people's data. */
  readonly people: boolean;
  /** The page that the call is about, for answers that show one of its properties alone. */
  readonly page: NotionRef | null;

  constructor({ people }: { readonly people: boolean }, page: NotionRef | null = null) {
    this.people = people;
    this.page = page;
  }

  /** What a part of the answer shows, while `walk` goes through it. */
  during(walk: () => void): ShownBy {
    const { length } = this.shown;
    const { blanked } = this;
    walk();
    return { shows: this.shown.slice(length).flatMap(({ shows }) => shows), whole: this.blanked === blanked };
  }

  /** `hide` is called if the caller may not have one of these. */
  shows(objects: readonly NotionRef[], hide: () => void): void {
    if (objects.length > 0) this.shown.push({ shows: objects, hide });
  }

  /** The link under a key; it is replaced if the caller may not have its target. */
  link(holder: Json, key: string, blank: '' | null): void {
    const link = holder[key];
    if (typeof link !== 'string') return;
    this.shows(linkTargets(link), () => {
      holder[key] = blank;
    });
  }

  /** Blanks at once. */
  blank(change: () => void): void {
    this.blanked++;
    change();
  }
  /** Unknown fields are not shown: fields that Notion adds to an object may name others (rule 12). */
  keep(object: Json, known: ReadonlySet<string>, also?: string): void {
    for (const key of Object.keys(object)) {
      if (!known.has(key) && key !== also) this.blank(() => delete object[key]);
    }
  }
}
