/** An object in Notion that has a place in the tree. The id is canonical. */
export interface PlacedObject {
  readonly kind: 'page' | 'database' | 'data_source';
  readonly id: string;
}
