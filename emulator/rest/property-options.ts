import type { PropertyConfig } from '../world/records.ts';
import { COLORS } from './rich-text-input.ts';

type Select = Extract<PropertyConfig, { type: 'select' }>['select'];
export type SchemaOption = Select['options'][number];

/** The options of a select, multi-select or status property; none for others. */
export function optionsOf(config: PropertyConfig): SchemaOption[] {
  if (config.type === 'select') return config.select.options;
  if (config.type === 'multi_select') return config.multi_select.options;
  if (config.type === 'status') return config.status.options;
  return [];
}

/** Adds an option as Notion does when a value names one that does not exist yet. */
export function addOption(
  config: PropertyConfig,
  option: {
    name: string;
    color?: SchemaOption['color'] | undefined;
    id?: string;
    description?: string | null | undefined;
  },
): SchemaOption {
  const options = optionsOf(config);
  const added: SchemaOption = {
    id: option.id ?? optionId(config.id, option.name),
    name: option.name,
    color: option.color ?? COLORS[options.length % COLORS.length] ?? 'default',
    description: option.description ?? null,
  };
  options.push(added);
  return added;
}

/** Four characters, url-encoded, as in recorded traffic; the same for the same property and name. */
export function optionId(propertyId: string, name: string): string {
  return shortId(`${propertyId}/${name}`);
}

/** A property id: four printable characters in url-encoded form, such as `%3ANHe`. */
export function shortId(name: string): string {
  let hash = 2166136261;
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 16777619) >>> 0;
  let id = '';
  for (let index = 0; index < 4; index += 1) {
    id += CHARACTERS[hash % CHARACTERS.length];
    hash = Math.imul(hash, 2654435761) >>> 0;
    hash ^= hash >>> 13;
    hash >>>= 0;
  }
  return encodeURIComponent(id);
}

const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz:;<=>?@[]^_`{|}~';
