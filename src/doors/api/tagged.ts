/** An answer with the version that it shows. The version is sent in the header ETag. */
export class Tagged<Value> {
  readonly value: Value;
  readonly tag: number;

  constructor(value: Value, tag: number) {
    this.value = value;
    this.tag = tag;
  }
}
