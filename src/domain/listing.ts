/** Which part of a list is wanted: the search, the order, how many rows and from where. */
export interface Listing<Sort extends string> {
  /** Text to search for in what the list shows. Upper and lower case are the same. */
  readonly search?: string | undefined;
  readonly sort: Sort;
  readonly order: 'asc' | 'desc';
  readonly offset: number;
  readonly limit: number;
}

/** The rows of that part, and the number of all rows that match. */
export interface Listed<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}
