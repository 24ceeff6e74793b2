/** The states of a message that went out and that its platform has accepted: what follows are only receipts. */
export const ACCEPTED: readonly string[] = ['sent', 'delivered', 'seen'];
