import type { HistoryWords } from './history-en.ts';

const causes: Record<string, string> = {
  'distribution off': 'tự động phân phối đang tắt',
  'nobody qualifies': 'không có ai phù hợp',
};

const rules: Record<string, string> = {
  'by hand': 'Phân công thủ công',
  'automatic distribution': 'Tự động phân phối',
  sequential: 'Tuần tự: lần lượt trong nhóm',
};

const results: Record<string, string> = { on: 'bật', off: 'tắt', nobody: 'không có ai' };

const reasons: Record<string, string> = {
  chosen: 'được chọn',
  'next in turn': 'đến lượt',
  'later in turn': 'chưa đến lượt',
  disabled: 'tài khoản đã bị khóa',
  'does not receive this kind': 'không nhận loại session này',
  'was in charge during this wait': 'đã phụ trách trong lần chờ này của khách',
  'not in the team': 'không thuộc nhóm của kênh',
};

export const historyVi: HistoryWords = {
  title: 'Lịch sử hội thoại',
  empty: 'Chưa có gì xảy ra.',
  why: 'Vì sao?',
  note: 'Ghi chú',
  taken: 'được chọn',
  passedOver: 'bỏ qua',
  someone: 'Ai đó',

  opened: (how, by) => {
    if (how === 'customer') return 'Mở: khách nhắn tin';
    if (how === 'reply') return `Mở lại: ${by ?? 'nhân viên'} đã trả lời`;
    return `${by ?? 'Nhân viên'} chuyển đến hộp thư`;
  },
  assigned: (to) => `Phụ trách: ${to}`,
  how: {
    automatic: 'tự động',
    manual: 'thủ công',
    timeout: 'quá thời gian chờ mà chưa có trả lời',
  },
  by: (name) => `nhân viên phân công: ${name}`,
  from: (name) => `trước đó: ${name}`,
  notAssigned: (cause) => `Chưa chỉ định: ${causes[cause] ?? cause}`,
  unassigned: (from) => `${from} không còn phụ trách`,
  unassignedHow: { 'by hand': 'thủ công', 'agent left': 'đã rời nhóm của kênh' },
  escalated: (cause) =>
    `Chờ quá lâu mà không chuyển được cho nhân viên khác (${causes[cause] ?? cause}): đã báo quản trị viên`,
  warned: 'Sắp quá hạn: đã cảnh báo',
  overdue: 'Quá hạn: đã lỡ thời hạn phản hồi session',
  closeCancelled: (by) =>
    by === 'customer' ? 'Không đóng nữa: khách nhắn thêm' : 'Không đóng nữa: nhân viên đã thao tác',
  done: (by) => (by === null ? 'Tự động đóng' : `Nhân viên đóng: ${by}`),

  rule: (code) => rules[code] ?? code,
  result: (code) => results[code] ?? code,
  reason: (code) => reasons[code] ?? code,
};
