/** How long to wait after so many failures in a row, in milliseconds: twice as long after each, between two bounds. */
export function growingWait(
  failures: number,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  // Beyond this many doublings every bound is reached, and no number overflows.
  return Math.min(least * 2 ** Math.min(failures, 20), most);
}
