/** 229: what browsers report while an input method (Telex, VNI) is composing, and Safari for the Enter that ends it. */
const COMPOSING = 229;

/** Whether a key sends what stands in the box. While an input method is composing, Enter belongs to it (R21). */
export function sends({ key, shiftKey, isComposing, keyCode }: KeyboardEvent): boolean {
  return key === 'Enter' && !shiftKey && !isComposing && keyCode !== COMPOSING;
}

/** Whether a key leaves the box; the Escape that ends a composition does not. */
export function leaves({ key, isComposing, keyCode }: KeyboardEvent): boolean {
  return key === 'Escape' && !isComposing && keyCode !== COMPOSING;
}
