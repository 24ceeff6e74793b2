/** Where the reader is in the list of messages. The box runs from its end upwards: there its `scrollTop` is 0. */

const NEAR_PX = 48;

export function isAtEnd(box: HTMLElement): boolean {
  return Math.abs(box.scrollTop) <= NEAR_PX;
}

/** Something to hold on to while the list changes: the first row in sight, and how far down it stands. */
export type Anchor = { row: Element; top: number };

export function anchorOf(box: HTMLElement): Anchor | null {
  const { top: edge } = box.getBoundingClientRect();
  const row = [...box.querySelectorAll('[data-row]')].find(
    (one) => one.getBoundingClientRect().bottom > edge,
  );
  return row === undefined ? null : { row, top: row.getBoundingClientRect().top };
}

/** Puts the row back where it stood. Right also where the browser has done so already. */
export function holdAt(box: HTMLElement, { row, top }: Anchor): void {
  box.scrollTop += row.getBoundingClientRect().top - top;
}

/** Calls when an element comes into sight and when it leaves. For `{@attach}`. */
export function whenInView(tell: (isInView: boolean) => void): (element: Element) => () => void {
  return (element) => {
    const observer = new IntersectionObserver((changes) => {
      tell(changes.at(-1)?.isIntersecting ?? false);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      tell(false);
    };
  };
}
