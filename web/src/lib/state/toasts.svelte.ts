export type Toast = {
  id: number;
  text: string;
  tone: 'info' | 'good' | 'bad';
  /** What takes back what was done. */
  undo?: () => void;
};

/** With something to take back, long enough to do so; a reader of the words needs as long. */
const SHOWN_MS = 5_000;

/** Short words about what was just done, which go by themselves. */
export class Toasts {
  shown: Toast[] = $state([]);
  #last = 0;

  add(toast: Omit<Toast, 'id'>): void {
    const id = ++this.#last;
    this.shown = [...this.shown.slice(-2), { ...toast, id }];
    setTimeout(() => this.remove(id), SHOWN_MS);
  }

  remove(id: number): void {
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }
}
