/** Part of a list: what is looked for, in which order, and how many from where on. */
export interface Listing<Sort extends string> {
  /** In the texts that the list shows; upper and lower case are the same. */
  readonly search?: string | undefined;
  readonly sort: Sort;
  readonly order: 'asc' | 'desc';
  readonly offset: number;
  readonly limit: number;
}

/** That part, and how many there are in all that match. */
export interface Listed<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}
