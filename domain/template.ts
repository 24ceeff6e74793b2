export type TemplateNames = {
  /** Null when the platform did not tell it. */
  customer: string | null;
  agent: string;
};

const VARIABLE = /\{\{\s*(customer|agent)\.name\s*\}\}/g;

/**
 * A template's text with the names put in (R41): `{{customer.name}}`, `{{agent.name}}`. Other words in braces stay as
 * they were typed, names are taken as they are, and one that is not known leaves its place empty.
 */
export function fillTemplate(content: string, names: TemplateNames): string {
  return content.replace(VARIABLE, (_variable, who: 'customer' | 'agent') => names[who] ?? '');
}
