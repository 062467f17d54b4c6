import {
  array,
  boolean,
  isPlain,
  Mismatch,
  nullable,
  number,
  object,
  oneOf,
  optional,
  type Read,
  record,
  type Shape,
  string,
  union,
  uuid,
} from '../http/shape.ts';
import type { PropertyConfig } from '../world/records.ts';
import { COLORS, dateInput, richText, userInput } from './rich-text-input.ts';

export const optionInput = object({
  id: optional(string()),
  name: optional(string(100)),
  color: optional(oneOf(...COLORS)),
  description: optional(nullable(string())),
});
const groupInput = object({ id: uuid, object: oneOf('group'), name: optional(nullable(string())) });

/** What may be written under each property type. */
const VALUES = {
  title: richText,
  rich_text: richText,
  number: nullable(number),
  url: nullable(string(2000)),
  email: nullable(string(200)),
  phone_number: nullable(string(200)),
  select: nullable(optionInput),
  status: nullable(optionInput),
  multi_select: array(optionInput),
  people: array(union(userInput, groupInput)),
  date: nullable(dateInput),
  checkbox: boolean,
  relation: array(object({ id: uuid })),
  files: array(
    union(
      object({ type: optional(oneOf('external')), name: string(100), external: object({ url: string(2000) }) }),
      object({
        type: optional(oneOf('file')),
        name: string(100),
        file: object({ url: string(), expiry_time: optional(string()) }),
      }),
      object({ type: optional(oneOf('file_upload')), name: optional(string(100)), file_upload: object({ id: uuid }) }),
    ),
  ),
};
type WritableType = keyof typeof VALUES;
const WRITABLE = Object.keys(VALUES) as WritableType[];

/** A value that says its type: `{number: 1}`. */
export type TypedInput = {
  [T in WritableType]: { readonly type: T; readonly value: Read<(typeof VALUES)[T]> };
}[WritableType];
export type FileInput = Read<(typeof VALUES)['files']>[number];

/** A value in the shorter form: `1`. Of which type it is shows only in the schema. */
interface BareInput {
  readonly type: null;
  readonly value: unknown;
}
export type PropertyInput = TypedInput | BareInput;

const READ_ONLY = [
  'formula',
  'rollup',
  'created_time',
  'created_by',
  'last_edited_time',
  'last_edited_by',
  'unique_id',
];

const propertyInput: Shape<PropertyInput> = {
  read(value, path) {
    if (value === undefined) throw new Mismatch(path, 'defined', value);
    if (!isPlain(value)) return bareInput(value, path);
    const type = WRITABLE.find(one => Object.hasOwn(value, one));
    if (type !== undefined) return typedInput(type, value[type], `${path}.${type}`);
    const readOnly = READ_ONLY.find(one => Object.hasOwn(value, one));
    if (readOnly !== undefined) throw new Mismatch(`${path}.${readOnly}`, 'not present', value[readOnly]);
    return bareInput(value, path);
  },
};

/** `properties` of a create or update: by property name or id. */
export const propertiesInput = record(propertyInput);

function typedInput(type: WritableType, value: unknown, path: string): TypedInput {
  return { type, value: VALUES[type].read(value, path) } as TypedInput;
}

/** Must be the value of some type. Its own type's shape reads it once more, when the property is known. */
function bareInput(value: unknown, path: string): BareInput {
  if (WRITABLE.some(type => fits(type, value))) return { type: null, value };
  const keys = isPlain(value) ? [...WRITABLE, 'id', 'name', 'start'] : WRITABLE;
  const missing = keys.map(key => new Mismatch(`${path}.${key}`, 'defined', undefined));
  throw new Mismatch(path, 'a property value', value, missing);
}

function fits(type: WritableType, value: unknown): boolean {
  try {
    VALUES[type].read(value, '');
    return true;
  } catch (error) {
    if (error instanceof Mismatch) return false;
    throw error;
  }
}

/** What a request writes into a property of this type, in any form; `null` if the value has another type. */
export function inputFor(type: PropertyConfig['type'], input: PropertyInput): TypedInput | null {
  if (input.type !== null) return input.type === type ? input : null;
  const writable = WRITABLE.find(one => one === type);
  return writable !== undefined && fits(writable, input.value) ? typedInput(writable, input.value, '') : null;
}
