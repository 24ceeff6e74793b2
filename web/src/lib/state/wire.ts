/** What a value of the contracts looks like after its way over the wire: instants are ISO texts, ids are texts. */
export type Wire<T> = T extends Date
  ? string
  : T extends { readonly __id: string }
    ? string
    : T extends string | number | boolean | null | undefined
      ? T
      : T extends readonly (infer Item)[]
        ? Wire<Item>[]
        : { [Key in keyof T]: Wire<T[Key]> };

/** The same for what a page's `load` reads from the database, so that the first paint and later answers are alike. */
export function toWire<T>(value: T): Wire<T> {
  return JSON.parse(JSON.stringify(value)) as Wire<T>;
}
