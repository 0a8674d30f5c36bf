import * as k from './kit.mjs';
const { P, E, C, R, S, G, T, lathe, rim, band, shadow, clip, lin, linU, rad, dk, lt, mix, op, PAL, DARK, drop, glow, leaf, smooth, highlight, soft, rr, ell, face, poly, box } = k;

export function giftcard(c, c2) {
  G('transform="rotate(-9 600 600)"', () => {
    // envelope behind
    const env = rr(250, 420, 760, 500, 18); drop(env, 28, 36, 22, .3); P(env, lin([[0, '#efe5d2'], [1, '#d6c6a8']], 0, 0, 1, 1)); P('M250 440L630 720L1010 440V430H250Z', '#dccdaf'); S('M262 432L630 704L998 432', '#f8f1e2', 5, op(.8));
    G('transform="rotate(-5 600 480) translate(-40 -150)"', () => {
      const d = rr(270, 330, 720, 450, 34); drop(d, 18, 26, 16, .34); P(d, lin([[0, lt(c, .2)], [.5, c], [1, dk(c, .3)]], 0, 0, 1, 1));
      clip(d, () => { for (let i = 0; i < 5; i++) P(`M${240} ${700 + i * 24}C${380} ${560 + i * 30} ${480} ${780 + i * 10} ${620} ${650 + i * 30}C${760} ${540 + i * 34} ${880} ${720 + i * 20} ${1010} ${600 + i * 34}V800H240Z`, lt(c, .5), op(.1)); C(860, 440, 64, c2, op(.95)); k.cloud(800, 500, 1, lt(c, .86), op(.92)); k.cloud(930, 560, .6, lt(c, .7), op(.6)); P('M270 330H620L420 780H270Z', '#fff', op(.07)); });
      R(320, 380, 92, 70, 12, lin([[0, lt(PAL.brass, .55)], [1, dk(PAL.brass, .1)]], 0, 0, 1, 1)); S('M320 404H352V426H320M412 404H380V426H412M352 380V450M380 380V450', dk(PAL.brass, .4), 3, op(.7));
      for (let g = 0; g < 4; g++) for (let i = 0; i < 4; i++) R(322 + g * 110 + i * 22, 690, 13, 26, 4, '#fbf3e4', op(.8)); R(322, 640, 190, 14, 7, '#fbf3e4', op(.45));
      R(640, 326, 40, 458, 0, lin([[0, dk(PAL.cinnabar, .1)], [.4, lt(PAL.cinnabar, .2)], [1, dk(PAL.cinnabar, .2)]]), op(0));
    });
    P('M250 520L610 760Q630 774 650 760L1010 520V902Q1010 920 992 920H268Q250 920 250 902Z', lin([[0, '#f4ebda'], [1, '#dac9aa']], 0, 0, 0, 1)); S('M256 528L610 766Q630 780 650 766L1004 528', '#fffaf0', 4); S('M258 910L560 736M1002 910L700 736', '#c7b48f', 3, op(.6));
    C(630, 790, 54, dk(PAL.cinnabar, .3)); C(627, 786, 52, rad([[0, lt(PAL.cinnabar, .3)], [1, PAL.cinnabar]], .35, .3, .7)); C(627, 786, 38, 'none', `stroke="${dk(PAL.cinnabar, .35)}" stroke-width="3"`); k.cloud(627, 788, .3, '#f6d8c4');
  });
}
export function writer() {
  shadow(600, 945, 420, 1, 46);
  // a quiet writing window on a thin laptop
  const sc = 'M270 300Q270 270 300 270H900Q930 270 930 300V800H270Z'; P(sc, lin([[0, '#5c6469'], [1, '#363c40']])); R(294, 294, 612, 482, 8, '#f7f2e6');
  clip(rr(294, 294, 612, 482, 8), () => { R(294, 294, 150, 482, 0, '#e4e7dc'); for (let i = 0; i < 7; i++) { R(316, 350 + i * 52, 18, 18, 5, i === 2 ? '#5f7f6c' : '#b3bcae'); R(344, 352 + i * 52, 60 + (i * 29) % 34, 12, 5, i === 2 ? '#5f7f6c' : '#b3bcae'); } for (const [i, q] of ['#d9785a', '#e2b468', '#8fb09c'].entries()) C(318 + i * 22, 320, 7, q);
    R(492, 350, 220, 26, 6, '#3b4a43'); const r = k.rng(11); for (let i = 0; i < 12; i++) { let x = 492; const e = [4, 8].includes(i) ? 640 : 860; while (x < e - 10) { const w = 12 + r() * 40; R(x, 414 + i * 28, Math.min(w, e - x), 10, 4, '#7d7a71', op(.6)); x += w + 8; } } R(646, 520, 4, 24, 1, PAL.cinnabar); P('M294 294H700L440 776H294Z', '#fff', op(.12)); });
  P('M200 812H1000L1060 900Q1066 918 1040 920H160Q134 918 140 900Z', lin([[0, '#c9ccca'], [.5, '#e9eae7'], [1, '#aeb3b2']], 0, 0, 0, 1)); P('M140 902H1060Q1064 930 1030 932H170Q136 930 140 902Z', '#8b9190'); P('M262 824H938L964 868H236Z', '#6f7675'); for (let j = 0; j < 3; j++) for (let i = 0; i < 14; i++) R(272 - j * 9 + i * (47.4 + j * 1.2), 828 + j * 14, 40, 10, 3, '#dfe1dd'); R(264, 796, 672, 20, 8, '#2c3134'); P('M520 880H680L688 904H512Z', '#b9bdbb');
  // bamboo slip key tag
  T(930, 350, 1, () => { const d = rr(-70, -130, 140, 360, 20); drop(d, 20, 26, 14, .34); P(d, lin([[0, lt(PAL.bamboo, .4)], [.5, PAL.bamboo], [1, dk(PAL.bamboo, .25)]])); clip(d, () => k.grain(-70, -130, 140, 360, PAL.bamboo, 3, 8, .3, true)); C(0, -86, 17, '#cfc4ae'); C(0, -86, 17, 'none', `stroke="${dk(PAL.bamboo, .4)}" stroke-width="4"`); S('M0 -88C-30 -190 70 -220 90 -160', PAL.cinnabar, 8);
    C(0, 10, 40, 'none', 'stroke="#3b5a4c" stroke-width="16"'); S('M0 50V170M0 128H36M0 164H30', '#3b5a4c', 16); }, 10);
}
export function points() {
  shadow(600, 950, 320, .9);
  glow(600, 560, 460, '#ffe3ad', .55);
  const gem = (x, y, s, c, q = 0) => T(x, y, s, () => { P('M0 -260L130 -120L90 140L0 240Z', dk(c, .2)); P('M0 -260L-130 -120L-90 140L0 240Z', lt(c, .12)); P('M0 -260L-130 -120L0 -60Z', lt(c, .62)); P('M0 -260L130 -120L0 -60Z', lt(c, .3)); P('M-130 -120L0 -60L-90 140Z', lt(c, .3)); P('M130 -120L0 -60L90 140Z', c); P('M0 -60L-90 140L0 240Z', lt(c, .04)); P('M0 -60L90 140L0 240Z', dk(c, .3)); S('M0 -260L-130 -120L-90 140L0 240M0 -60L0 240M-130 -120L0 -60L130 -120', '#fff', 3, op(.55)); }, q);
  gem(440, 660, .92, '#6f9fb4', -18); gem(770, 670, .95, '#a3728c', 20); gem(600, 590, 1.32, '#e0a24f', 2);
  // bowl of sand-gold coins
  const coin = (x, y, r) => { E(x, y + 16, r, r * .34, dk(PAL.brass, .45)); P(`M${x - r} ${y}V${y + 16}A${r} ${r * .34} 0 0 0 ${x + r} ${y + 16}V${y}Z`, lin([[0, dk(PAL.brass, .3)], [.3, lt(PAL.brass, .5)], [1, dk(PAL.brass, .5)]])); E(x, y, r, r * .34, lin([[0, lt(PAL.brass, .7)], [1, PAL.brass]], 0, 0, 1, 1)); E(x, y, r * .76, r * .25, 'none', `stroke="${dk(PAL.brass, .25)}" stroke-width="3"`); P(poly([0, 1, 2, 3, 4, 5, 6, 7].map(i => { const a = i * Math.PI / 4 - Math.PI / 2, q = i % 2 ? .16 : .46; return [x + Math.cos(a) * r * q, y + Math.sin(a) * r * q * .34]; })), dk(PAL.brass, .3)); };
  for (const [x, y, n] of [[330, 900, 1], [460, 930, 2], [610, 950, 3], [760, 934, 2], [890, 904, 1], [540, 880, 1]]) for (let i = 0; i < n; i++) coin(x + (i % 2) * 6, y - i * 22, 78);
  const st = (x, y, s) => P(`M${x} ${y - s}Q${x + s * .14} ${y - s * .14} ${x + s} ${y}Q${x + s * .14} ${y + s * .14} ${x} ${y + s}Q${x - s * .14} ${y + s * .14} ${x - s} ${y}Q${x - s * .14} ${y - s * .14} ${x} ${y - s}Z`, '#fffdf2');
  st(470, 300, 40); st(770, 260, 28); st(860, 430, 22); st(320, 440, 24); st(560, 380, 20); st(690, 480, 16);
}
export function ebook() {
  shadow(600, 960, 330);
  const c = '#5f7f6c', o = [520, 960], u = [-130, -44], v = [330, -100];
  // pages block then cover
  const b = box(o, u, v, 700, c, { left: '#efe8d8', top: '#f6f0e2', round: 6 });
  clip(poly([b.o, b.a, b.A, b.O]), () => { for (let i = 1; i < 12; i++) S(`M${520 - i * 10.8} ${960 - i * 3.7}v-700`, '#b7ab93', 2, op(.6)); P(poly([b.o, [534, 964], [534, 250], b.O]), dk(c, .3)); }); P(poly([b.a, [b.a[0] + 14, b.a[1] + 5], [b.A[0] + 14, b.A[1] + 5], b.A]), dk(c, .4));
  face(b.O, v, [0, 700], 330, 700, () => { R(0, 0, 330, 700, 0, lin([[0, dk(c, .3)], [.08, lt(c, .1)], [.12, dk(c, .06)], [1, dk(c, .16)]])); R(56, 70, 236, 560, 4, 'none', 'stroke="#e9dfc4" stroke-width="4"'); 
    C(174, 300, 92, '#e9dfc4'); for (let i = 0; i < 24; i++) { const a = i * Math.PI / 12; S(`M${174 + Math.cos(a) * 98} ${300 + Math.sin(a) * 98}L${174 + Math.cos(a) * (i % 6 ? 108 : 120)} ${300 + Math.sin(a) * (i % 6 ? 108 : 120)}`, '#e9dfc4', 4); } P('M112 300Q112 366 174 368Q236 366 236 300Z', c); S('M100 300H248', c, 10); S('M146 268Q134 246 146 226M176 268Q164 246 176 226M204 268Q192 246 204 226', c, 7); R(104, 470, 140, 22, 8, '#e9dfc4'); R(124, 510, 100, 12, 6, '#e9dfc4', op(.7)); k.cloud(174, 584, .28, '#e9dfc4'); });
  // download badge
  C(900, 780, 120, DARK, 'opacity=".2" transform="translate(16 20)"'); C(900, 780, 118, lin([[0, lt(PAL.apricot, .3)], [1, dk(PAL.apricot, .15)]], 0, 0, 1, 1)); C(900, 780, 100, 'none', 'stroke="#fff6e4" stroke-width="3" opacity=".7"'); S('M900 716V806M860 772L900 812L940 772M850 842H950', '#fffaf0', 20);
}
export function voucher() {
  G('transform="rotate(-8 600 600)"', () => {
    const tk = (dx, dy, c) => { const d = `M${170 + dx} ${380 + dy}H${770 + dx}A34 34 0 0 0 ${838 + dx} ${380 + dy}H${1030 + dx}Q${1050 + dx} ${380 + dy} ${1050 + dx} ${400 + dy}V${800 + dy}Q${1050 + dx} ${820 + dy} ${1030 + dx} ${820 + dy}H${838 + dx}A34 34 0 0 0 ${770 + dx} ${820 + dy}H${170 + dx}Q${150 + dx} ${820 + dy} ${150 + dx} ${800 + dy}V${400 + dy}Q${150 + dx} ${380 + dy} ${170 + dx} ${380 + dy}Z`; return d; };
    G('transform="rotate(7 600 600)"', () => { const d = tk(10, 40); drop(d, 20, 30, 18, .25); P(d, lin([[0, '#d2b48c'], [1, '#b08d62']], 0, 0, 1, 1)); });
    const d = tk(0, 0); drop(d, 20, 26, 14, .34); P(d, lin([[0, '#fbf5e8'], [1, '#e9ddc6']], 0, 0, 1, 1));
    clip(d, () => { R(150, 380, 300, 440, 0, '#5a3b2a'); glow(300, 560, 200, '#8a5a3c', .9);
      // latte seen from above
      C(306, 606, 112, DARK, op(.35)); C(300, 600, 112, '#f2eadb'); C(300, 600, 96, rad([[0, '#c08a58'], [.8, '#9a6238'], [1, '#6f4222']])); P('M300 664C240 620 236 566 270 556C288 552 298 566 300 578C302 566 312 552 330 556C364 566 360 620 300 664Z', '#f6e9d2'); S('M272 590Q300 626 328 590M282 614Q300 636 318 614', '#c08a58', 5); S('M404 570C450 566 450 636 402 630', '#f2eadb', 18);
      S('M804 420V790', '#b9a78a', 5, 'stroke-dasharray="3 16"'); });
    R(500, 450, 220, 30, 8, '#5a3b2a'); R(500, 500, 160, 16, 7, '#a58a6c'); for (let i = 0; i < 5; i++) { C(516 + i * 50, 600, 17, i < 5 ? PAL.apricot : '#d9ccb4'); S(`M${508 + i * 50} 600l6 7l11 -13`, '#fff8ea', 5); if (i < 4) S(`M${536 + i * 50} 600h10`, PAL.apricot, 4); } R(500, 660, 240, 12, 6, '#cbb999'); R(500, 688, 200, 12, 6, '#cbb999'); R(500, 740, 120, 34, 17, PAL.cinnabar, op(.9)); R(524, 752, 72, 10, 5, '#fbeede');
    C(938, 530, 62, lin([[0, lt('#5a3b2a', .25)], [1, '#5a3b2a']], 0, 0, 1, 1)); P('M920 494L970 530L920 566Z', '#fbf5e8'); const r = k.rng(12); let x = 870; while (x < 1004) { const w = 3 + r() * 8; R(x, 660, w, 100, 1, '#3b2a20'); x += w + 3 + r() * 6; }
  });
}
export function presets() {
  // film strip winding behind three graded prints
  const fs = 'M-120 1040C160 860 400 1070 620 940C840 810 980 900 1320 680'; S(fs, DARK, 150, 'opacity=".12" transform="translate(14 26)"'); S(fs, '#2e2a28', 150); S(fs, '#6b5138', 96); S(fs, '#c58f56', 90, 'stroke-dasharray="120 14" stroke-linecap="butt" opacity=".55"'); 
  G('transform="translate(0 -61)"', () => S(fs, '#e9e1d2', 13, 'stroke-dasharray="14 20" stroke-linecap="butt"')); G('transform="translate(0 61)"', () => S(fs, '#e9e1d2', 13, 'stroke-dasharray="14 20" stroke-linecap="butt"'));
  const pr = (x, y, q, sky, sun, far, near, lk) => T(x, y, 1, () => { const d = rr(-200, -260, 400, 500, 8); drop(d, 18, 24, 14, .3); P(d, lin([[0, '#fffdf7'], [1, '#efe8da']], 0, 0, 1, 1)); clip(rr(-172, -232, 344, 360, 4), () => { R(-172, -232, 344, 360, 0, lin([[0, sky[0]], [1, sky[1]]], 0, 0, 0, 1)); C(60, -70, 42, sun); P('M-180 0C-120 -110 -60 -120 0 -40C50 -110 110 -120 180 -20V140H-180Z', far); P('M-180 60C-100 0 -20 20 60 50C110 20 150 30 180 40V140H-180Z', near); S('M-60 128C-40 90 20 84 20 60C20 44 -10 40 0 28', lk, 13, op(.8)); }); for (let i = 0; i < 4; i++) R(-172 + i * 50, 164, 40, 40, 20, [sky[0], sky[1], far, near][i]); }, q);
  pr(340, 500, -13, ['#8fb0bd', '#e9dcc0'], '#fff3d0', '#7d9a94', '#4c6b62', '#e9dcc0'); pr(860, 480, 12, ['#4a4d58', '#b7b0a8'], '#efe9de', '#6b6a6c', '#2f3034', '#b7b0a8'); pr(600, 460, -1, ['#d98a62', '#f6d9a6'], '#fff1cf', '#a8614c', '#5b3a3e', '#f6d9a6');
}
export function typeface() {
  E(600, 880, 470, 70, rad([[0, DARK, .36], [.6, DARK, .18], [1, DARK, 0]]));
  T(560, 536, 1.36, () => {
    const d = rr(-250, -270, 500, 500, 6); drop(d, 18, 26, 14, .26); P(d, '#fbf6ea'); S('M-226 -246H226V206H-226ZM-226 -20H226M0 -246V206M-226 -246L226 206M226 -246L-226 206', '#d98a76', 3, 'stroke-dasharray="12 9" opacity=".75"');
    const ik = '#26272b';
    P('M-118 -166C-60 -158 40 -162 96 -176C118 -180 136 -162 120 -148C60 -138 -40 -128 -92 -132C-112 -136 -128 -154 -118 -166Z', ik);
    P('M-204 -44C-110 -34 60 -40 170 -62C196 -66 220 -44 200 -28C100 -14 -80 2 -168 -2C-196 -8 -214 -30 -204 -44Z', ik);
    P('M-30 -22C-20 -8 -22 10 -40 44C-62 86 -92 120 -118 140C-60 132 20 124 84 110C94 122 96 134 86 144C10 156 -80 168 -130 176C-152 172 -168 154 -160 140C-130 118 -84 50 -64 -18Z', ik);
    P('M60 60C104 90 138 124 152 164C158 190 134 202 118 184C102 150 80 108 54 76C50 66 54 58 60 60Z', ik);
  }, -4);
  // metal sorts, their faces showing the same character in relief
  const glyph = q => S('M28 24H72M14 46H86M46 46L26 80H74M62 64L80 88', q, 9);
  for (const [x, y, h] of [[930, 930, 250], [820, 1000, 130], [1030, 990, 170]]) {
    shadow(x + 10, y - 40, 110, .8);
    const c = '#8f9498', b = box([x, y], [-104, -40], [112, -44], h, c, { round: 8, left: lin([[0, '#8a9094'], [.4, '#d3d7d8'], [.7, '#a3a9ad'], [1, '#7b8185']], 0, 0, 1, .15), right: '#5c6165', top: '#c3c8ca' });
    P(poly([[b.o[0], b.o[1] - 60], [b.a[0], b.a[1] - 60], [b.a[0], b.a[1] - 84], [b.o[0], b.o[1] - 84]]), '#5c6165', op(.7)); P(poly([[b.o[0], b.o[1] - 60], [b.b[0], b.b[1] - 60], [b.b[0], b.b[1] - 84], [b.o[0], b.o[1] - 84]]), '#33373a', op(.7));
    face(b.A, [104, 40], [112, -44], 100, 100, () => { R(6, 6, 88, 88, 4, '#7b8185'); T(3, 4, 1, () => glyph('#4a4f53')); glyph('#eef0f0'); });
  }
}
export function cassette() {
  G('transform="rotate(-7 600 600)"', () => {
    const cs = rr(220, 260, 800, 540, 26); G('transform="rotate(4 600 600) translate(20 90)"', () => { drop(cs, 22, 30, 18, .26); P(cs, lin([[0, '#dbe3e4', .9], [1, '#a9b8bd', .9]], 0, 0, 1, 1)); S('M240 290V770M260 280H990', '#fff', 5, op(.7)); R(262, 330, 716, 420, 10, '#5a7686'); });
    const d = 'M190 300Q190 270 220 270H980Q1010 270 1010 300V780Q1010 810 980 810H220Q190 810 190 780Z'; drop(d, 22, 30, 18, .36);
    P(d, lin([[0, '#e4e0d4'], [.5, '#cfcabc'], [1, '#a8a293']], 0, 0, 1, 1)); S('M196 780V304Q196 276 222 276H980', '#fffdf4', 5, op(.8));
    for (const [x, y] of [[220, 300], [980, 300], [220, 780], [980, 780]]) { C(x, y, 11, '#8d8778'); S(`M${x - 5} ${y - 5}l10 10`, '#4f4a40', 3); }
    const lb = rr(246, 306, 708, 380, 18); P(lb, '#f4eee0'); clip(lb, () => { R(246, 306, 708, 110, 0, '#4f6f80'); for (let i = 0; i < 4; i++) R(246, 560 + i * 32, 708, 16, 0, ['#4f6f80', '#8fb09c', '#e2a268', '#b8472f'][i], op(.85)); S('M300 362H560', '#f4eee0', 8, op(.0)); const r = k.rng(3); for (let i = 0; i < 46; i++) { const h = 8 + Math.abs(Math.sin(i * .7) * 26) + r() * 16; R(300 + i * 13, 361 - h / 2, 6, h, 3, '#e9f0f0', op(.85)); } });
    R(370, 456, 460, 150, 75, lin([[0, '#cdc7b8'], [1, '#b2ab9a']], 0, 0, 0, 1)); const w = rr(384, 468, 432, 126, 63); P(w, '#26292c');
    clip(w, () => { C(462, 531, 130, '#4a3328'); C(462, 531, 110, '#5a3f31'); C(738, 531, 84, '#4a3328'); P('M384 468H600L520 600H384Z', '#fff', op(.08)); });
    for (const x of [462, 738]) { C(x, 531, 47, '#f0ebdf'); C(x, 531, 34, '#26292c'); for (let i = 0; i < 6; i++) T(x, 531, 1, () => R(-5, -36, 10, 17, 2, '#f0ebdf'), i * 60 + (x > 600 ? 20 : 0)); }
    P('M330 810L372 706H828L870 810Z', lin([[0, '#bdb7a7'], [1, '#989180']], 0, 0, 0, 1)); S('M376 710H824', '#efeadd', 4); for (const x of [430, 530, 670, 770]) C(x, 770, x % 100 === 30 ? 17 : 12, '#5a554a');
  });
  for (const [x, y, s] of [[240, 150, 1], [420, 90, .8], [900, 140, 1.1], [1040, 260, .7], [680, 130, .65]]) T(x, y, s, () => { P('M0 -50C22 -14 34 4 34 22A34 34 0 0 1 -34 22C-34 4 -22 -14 0 -50Z', lin([[0, '#dbe7ec', .8], [1, '#7f9fb0', .9]], 0, 0, 1, 1)); E(-12, 22, 6, 12, '#fff', op(.8)); });
}
export function storage() {
  E(600, 980, 420, 60, rad([[0, DARK, .32], [1, DARK, 0]]));
  const d = 'M300 800C130 800 70 660 150 560C180 520 230 506 270 516C260 350 440 250 580 340C680 220 900 270 916 450C1070 430 1160 580 1090 700C1050 770 980 800 900 800Z';
  drop(d, 10, 50, 30, .22); P(d, rad([[0, '#ffffff'], [.55, '#eef2f2'], [1, '#b7c6cc']], .38, .24, .85));
  clip(d, () => { soft('M100 700Q600 760 1120 640V820H100Z', '#8fa6b3', 34, .6); soft('M290 520C280 380 430 300 560 360C440 370 340 430 320 540Z', '#fff', 14, .9); soft('M580 340C600 420 580 500 540 540C640 500 640 400 580 340Z', '#9fb3be', 22, .45); soft('M916 450C900 520 860 560 800 580C900 580 940 520 916 450Z', '#9fb3be', 22, .45); });
  // drawers built into the cloud
  const dr = (x, y, w, h, open) => { R(x - 8, y - 8, w + 16, h + 16, 20, '#8196a2', op(.55)); R(x, y, w, h, 14, '#5d727e'); const o = open; if (o) { R(x, y, w, h, 14, lin([[0, '#3d4d57'], [1, '#66798a']], 0, 0, 0, 1)); 
      for (const [fx, q, fh] of [[34, '#e2a268', 120], [96, '#8fb09c', 150], [158, '#f1e4c8', 110], [214, '#d9785a', 136]]) { const t = y + 70 - fh; P(`M${x + fx} ${t}h26l8 12h30v${fh}h-64z`, lin([[0, lt(q, .3)], [1, q]], 0, 0, 0, 1)); }
      R(x - 14, y + 50, w + 28, h, 18, DARK, op(.2)); R(x - 14, y + 40, w + 28, h, 18, lin([[0, '#f4efe2'], [1, '#cfc4ac']], 0, 0, 0, 1)); R(x + w / 2 - 46, y + 40 + h / 2 - 14, 92, 26, 13, PAL.brass); } else { R(x, y, w, h, 14, lin([[0, '#f7f3e8'], [1, '#d6ccb6']], 0, 0, 0, 1)); R(x + w / 2 - 34, y + h / 2 - 10, 68, 20, 10, PAL.brass); } };
  dr(300, 590, 190, 110, false); dr(740, 590, 200, 110, false); 
  dr(478, 570, 288, 130, true);
}
export default {
  'yunjian-gift-card': ['table', '#e6dccd', () => giftcard('#4f7568', '#e2a268')],
  'yunjian-gift-card-2': ['table', '#e9ddd0', () => giftcard('#a8452f', '#f0c987')],
  'bamboo-slip-writer': ['studio', '#dfe4dc', writer],
  'star-sand-points': ['studio', '#ddd6d9', points],
  'solar-terms-kitchen-ebook': ['studio', '#e6e4d8', ebook],
  'pour-over-course': ['table', '#dfe2da', voucher],
  'film-presets': ['table', '#e4ddd2', presets],
  'cloudline-song-font': ['studio', '#e2e1de', typeface],
  'rain-on-eaves-album': ['table', '#cfdadd', cassette],
  'cloud-drawer-storage': ['studio', '#d5dfe3', storage],
};
