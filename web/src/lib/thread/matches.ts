/** Whether a name is what somebody looks for; accents need not be typed: "Nguyen" finds "Nguyễn", "Dao" finds "Đào". */
export function matches(name: string, sought: string): boolean {
  return plain(name).includes(plain(sought.trim()));
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('đ', 'd');
}
