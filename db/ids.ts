import { v7 } from 'uuid';

/** A new id: uuidv7 as text, so that ids sort by the time of their making. The caller says of what. */
export function newId<Id extends string>(): Id {
  // A brand exists for the compiler only.
  return v7() as Id;
}
