/** An object in Notion that lies somewhere, canonical id. */
export interface PlacedObject {
  readonly kind: 'page' | 'database' | 'data_source';
  readonly id: string;
}
