import { csvField } from '../../domain/csv-field.ts';

export type CsvValue = string | number | null | undefined;

/** A line of a table (RFC 4180). What has no value is an empty field. */
export function csvRow(values: readonly CsvValue[]): string {
  return `${values.map(value => csvField(value ?? null)).join(',')}\r\n`;
}
