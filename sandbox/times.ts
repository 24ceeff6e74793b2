/** A time as the Graph API writes it: whole seconds, and a zone without a colon. @param at epoch ms */
export function toGraphTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}+0000`;
}
