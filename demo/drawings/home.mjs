import * as k from './kit.mjs';
const { P, E, C, R, S, G, T, lathe, rim, band, shadow, clip, lin, linU, rad, dk, lt, mix, op, PAL, DARK, drop, glow, leaf, smooth, highlight, soft, rr, ell } = k;

export function cup(c) {
  shadow(600, 900, 330);
  lathe(600, [[890, 330, 1], [908, 330, 1], [914, 320]], PAL.walnut);
  E(600, 890, 330, 66, linU([[0, lt(PAL.walnut, .22)], [1, dk(PAL.walnut, .1)]], 270, 820, 900, 950));
  for (const r of [285, 210, 250]) E(600, 890, r, r * .2, 'none', `stroke="${dk(PAL.walnut, .3)}" stroke-width="2" opacity=".3"`);
  E(640, 890, 190, 36, rad([[0, DARK, .6], [.6, DARK, .3], [1, DARK, 0]]));
  const pts = [[410, 262], [470, 262], [600, 248], [720, 200], [800, 132], [826, 112, 1], [868, 118]];
  const d = lathe(600, pts, c, { hl: .5, hx: .74, hw: .1 });
  clip(d, () => { // glaze: pooled darker band low, fine crackle
    band(600, 836, 140, 880, 140, dk(c, .3), op(.55));
    const q = k.rng(7);
    for (let i = 0; i < 26; i++) { let x = 380 + q() * 440, y = 440 + q() * 330, s = `M${x | 0} ${y | 0}`; for (let j = 0; j < 3; j++) { x += q() * 70 - 35; y += q() * 70 - 30; s += `L${x | 0} ${y | 0}`; } S(s, dk(c, .4), 1.3, op(.2)); }
  });
  rim(600, 410, 262, c, { w: 11, liquid: '#c8a352', level: .88 });
}
export function cushion(c, c2) {
  shadow(600, 945, 330, .9);
  const d = 'M236 286C330 330 470 322 600 322C730 322 870 330 964 286C930 400 922 520 926 620C930 740 940 850 972 950C870 912 730 920 600 920C470 920 330 912 228 950C262 850 270 740 274 620C278 520 270 400 236 286Z';
  P(d, rad([[0, lt(c, .3)], [.5, c], [.85, dk(c, .14)], [1, dk(c, .3)]], .4, .36, .68));
  clip(d, () => {
    for (let x = 250; x < 970; x += 11) S(`M${x} 270Q${x + (600 - x) * -.03} 620 ${x} 960`, dk(c, .3), 1.4, op(.13));
    for (let y = 290; y < 960; y += 11) S(`M220 ${y}H980`, lt(c, .6), 1.4, op(.13));
    for (const [x, w] of [[390, 26], [432, 8], [768, 8], [784, 26]]) P(`M${x} 280C${x - 8} 500 ${x - 8} 740 ${x} 960H${x + w}C${x + w - 8} 740 ${x + w - 8} 500 ${x + w} 280Z`, c2, op(.8));
    for (const [x, y, a, b] of [[236, 286, 420, 440], [964, 286, 790, 430], [228, 950, 420, 790], [972, 950, 780, 800]]) {
      const mx = (x + a) / 2, my = (y + b) / 2;
      soft(`M${x} ${y}Q${mx + 18} ${my - 16} ${a} ${b}Q${mx - 10} ${my + 20} ${x} ${y}Z`, dk(c, .5), 9, .42);
    }
    soft('M330 850Q600 960 930 850L972 960H228Z', dk(c, .6), 26, .4);
  });
  S(d, dk(c, .22), 5, op(.6));
  S('M246 300C330 340 470 333 600 333C730 333 870 340 952 300', lt(c, .6), 3, 'stroke-dasharray="10 9" opacity=".5"');
}
export function candle(c, wax) {
  shadow(560, 920, 250);
  const pts = [[420, 222], [440, 226], [800, 226], [880, 220], [912, 196], [918, 180]];
  glow(560, 360, 460, '#ffd894', .5);
  P(k.latheD(560, pts), linU([[0, dk(c, .35), .95], [.2, c, .75], [.5, lt(c, .3), .55], [.8, c, .8], [1, dk(c, .4), .95]], 334, 0, 786, 0));
  clip(k.latheD(560, pts), () => {
    lathe(560, [[540, 208], [880, 208], [905, 180]], wax, { g: .7 });
    E(560, 540, 208, 42, lt(wax, .4)); glow(560, 540, 200, '#ffcf7a', .7, 42);
    R(330, 400, 460, 540, 0, linU([[0, dk(c, .3), .7], [.3, c, .32], [.7, c, .4], [1, dk(c, .4), .8]], 334, 0, 786, 0));
  });
  E(560, 420, 222, 44, 'none', `stroke="${lt(c, .6)}" stroke-width="6" opacity=".8"`);
  S('M560 548V474', '#3a2b22', 7);
  P('M560 486C522 462 532 420 560 366C588 420 598 462 560 486Z', lin([[0, '#fff3c9'], [.6, '#ffc65e'], [1, '#e8863a']], 0, 0, 0, 1));
  P('M560 480C546 466 548 446 560 424C572 446 574 466 560 480Z', '#fffbe8');
  highlight(560, pts, .6, .84, .07);
  const lab = 'M436 640Q560 664 684 640V812Q560 838 436 812Z';
  P(lab, lin([[0, dk(PAL.cream, .1)], [.35, PAL.cream], [1, dk(PAL.cream, .16)]]));
  S('M470 672Q560 688 650 672M470 802Q560 822 650 802', PAL.brass, 3, op(.8));
  k.cloud(560, 742, .62, dk(c, .2)); S('M500 786Q560 798 620 786', dk(c, .3), 4);
  // wooden lid leaning on the glass
  const L = PAL.oak; shadow(840, 940, 120, .7);
  E(854, 820, 112, 122, dk(L, .35)); E(840, 816, 112, 122, lin([[0, lt(L, .3)], [1, dk(L, .1)]], 0, 0, 1, 1));
  clip(ell(840, 816, 112, 122), () => k.grain(720, 690, 250, 250, L, 5, 12, .4, true));
  E(840, 816, 86, 94, 'none', `stroke="${dk(L, .25)}" stroke-width="4" opacity=".5"`);
}
export function basket(c = '#c59a63') {
  shadow(600, 920, 300);
  S('M330 520C240 500 230 660 340 650', dk(c, .3), 30); S('M330 520C240 500 230 660 340 650', lt(c, .1), 16);
  S('M870 520C960 500 970 660 860 650', dk(c, .45), 30); S('M870 520C960 500 970 660 860 650', dk(c, .06), 16);
  const pts = [[470, 310], [600, 318], [760, 296], [880, 256], [910, 244]];
  // linen inside, peeping over the edge
  E(600, 470, 310, 62, dk(c, .5));
  P('M318 470C330 400 420 380 480 412C520 366 640 360 690 404C760 372 860 400 882 470C840 520 360 520 318 470Z', lin([[0, '#f3ecdd'], [1, '#cdbfa6']], 0, 0, .6, 1));
  S('M480 412C500 440 520 470 516 510M690 404C680 440 672 470 684 508M400 420C410 450 404 480 396 500M790 420C786 450 800 480 806 500', '#b3a284', 5, op(.6));
  const d = k.latheD(600, pts);
  clip(d + '', () => {
    R(250, 380, 700, 600, 0, '#fff', op(0));
    P(`M288 470A312 62 0 0 0 912 470V990H288Z`, k.cyl(c, 280, 920));
    const rOf = y => y < 600 ? 310 + 8 * (y - 470) / 130 : y < 760 ? 318 - 22 * (y - 600) / 160 : 296 - 45 * (y - 760) / 140;
    for (let row = 0, y = 486; y < 900; y += 23, row++) {
      const r = rOf(y);
      for (let i = 0; i < 26; i++) {
        const a0 = Math.PI * (i + (row % 2) * .5) / 26 - .04, a1 = a0 + Math.PI / 26 * .86;
        if (a0 < -.02 || a1 > Math.PI + .05) continue;
        const p = a => [600 - Math.cos(a) * r, y + Math.sin(a) * r * .2];
        const [x0, y0] = p(a0), [x1, y1] = p(a1), t = (x0 - 290) / 620;
        const col = t < .42 ? mix(dk(c, .18), lt(c, .34), k.step(Math.min(1, t / .3))) : mix(lt(c, .3), dk(c, .42), k.step((t - .42) / .58));
        S(`M${x0.toFixed(0)} ${y0.toFixed(0)}Q${((x0 + x1) / 2).toFixed(0)} ${((y0 + y1) / 2 - 5).toFixed(0)} ${x1.toFixed(0)} ${y1.toFixed(0)}`, col, 15);
        S(`M${(x0 + 2).toFixed(0)} ${(y0 - 4).toFixed(0)}L${(x1 - 3).toFixed(0)} ${(y1 - 4).toFixed(0)}`, lt(col, .4), 2.5, op(.6));
      }
    }
    band(600, 850, 300, 990, 300, linU([[0, DARK, 0], [1, DARK, .35]], 0, 880, 0, 960));
  });
  S('M290 470A310 62 0 0 0 910 470', dk(c, .4), 30); S('M290 468A310 62 0 0 0 910 468', linU([[0, c], [.3, lt(c, .4)], [1, dk(c, .3)]], 290, 0, 910, 0), 22);
  for (let i = 1; i < 24; i++) { const a = Math.PI * i / 24, x = 600 - Math.cos(a) * 310, y = 470 + Math.sin(a) * 62; S(`M${(x - 7).toFixed(0)} ${(y - 10).toFixed(0)}L${(x + 6).toFixed(0)} ${(y + 11).toFixed(0)}`, dk(c, .35), 4, op(.55)); }
}
export function lamp(c) {
  glow(600, 640, 520, '#ffdf9f', .65, 400);
  shadow(600, 940, 200);
  lathe(600, [[560, 44, 1], [800, 48], [880, 80], [915, 160], [936, 190, 1], [948, 190]], c, {});
  glow(600, 930, 330, '#ffe2ad', .4, 70);
  const dome = [[268, 0], [276, 90], [320, 220], [420, 318], [540, 352, 1], [566, 350]];
  E(600, 566, 350, 70, lin([[0, '#ffe9bd'], [1, '#fff7e2']], 0, 0, 0, 1));
  const d = 'M248 560C248 400 380 266 600 266C820 266 952 400 952 560C952 600 790 640 600 640C410 640 248 600 248 560Z';
  P(d, linU([[0, dk(c, .2)], [.14, c], [.34, lt(c, .45)], [.55, lt(c, .1)], [.85, dk(c, .18)], [1, dk(c, .3)]], 248, 0, 952, 0));
  clip(d, () => { R(240, 440, 720, 210, 0, linU([[0, '#ffe3a4', 0], [1, '#ffdf9a', .75]], 0, 440, 0, 640)); soft('M330 460C350 370 420 310 500 296C440 350 400 420 390 500Z', '#ffffff', 14, .6); });
  S('M250 566C262 606 420 640 600 640C780 640 938 606 950 566', '#fff4d8', 6);
  S('M700 640V742', PAL.brass, 5); C(700, 756, 14, lin([[0, lt(PAL.brass, .5)], [1, dk(PAL.brass, .2)]], 0, 0, 1, 1));
}
export function vase(c) {
  shadow(580, 940, 190);
  const br = '#6b4a37';
  S('M590 420C600 330 560 260 610 170C630 130 690 110 720 70', br, 13); S('M600 300C660 260 740 260 800 200', br, 9); S('M585 330C520 280 470 270 420 190', br, 9); S('M606 180C570 140 560 110 566 70', br, 7);
  S('M800 200C840 190 860 170 884 160M420 190C400 170 392 150 394 130M700 245C720 210 720 190 740 170', br, 5);
  const fl = (x, y, s, q = 0) => { for (let i = 0; i < 5; i++) { const a = (i * 72 + q) * Math.PI / 180; C(x + Math.cos(a) * s * .62, y + Math.sin(a) * s * .62, s * .5, i % 2 ? '#f3c9b4' : '#f8dccb'); } C(x, y, s * .28, PAL.cinnabar); for (let i = 0; i < 5; i++) { const a = (i * 72 + q + 36) * Math.PI / 180; C(x + Math.cos(a) * s * .42, y + Math.sin(a) * s * .42, s * .07, PAL.brass); } };
  for (const [x, y, s, q] of [[720, 76, 36, 10], [800, 200, 42, 40], [884, 156, 28, 0], [420, 190, 42, 70], [394, 122, 26, 20], [566, 76, 34, 15], [628, 206, 46, 30], [520, 268, 36, 5], [742, 168, 30, 60], [612, 316, 34, 25]]) fl(x, y, s, q);
  for (const [x, y] of [[660, 120], [470, 236], [846, 186], [590, 140], [690, 256]]) C(x, y, 12, '#e59d86');
  const pts = [[404, 64], [420, 58], [480, 50], [540, 70], [620, 170], [720, 226], [820, 200], [910, 130], [936, 112]];
  const d = lathe(580, pts, c, { g: .9 });
  clip(d, () => { // half-dipped glaze
    P('M330 560C420 700 520 690 590 650C680 700 760 690 840 610V380H330Z', linU([[0, '#4a5a58'], [.3, '#8aa39b'], [.5, '#64807a'], [1, '#2f403f']], 350, 0, 806, 0), op(.92));
    S('M330 566C420 706 520 696 590 656C680 706 760 696 840 616', '#3c4e4b', 5, op(.5));
    const q = k.rng(3); for (let i = 0; i < 70; i++) k.dot(360 + q() * 440, 640 + q() * 290, Math.round(1 + q() * 2), dk(c, .5), .35);
  });
  rim(580, 404, 64, '#64807a', { w: 8 });
  highlight(580, pts, .5, .74, .1);
}
export function clock(c) {
  drop(ell(600, 590, 350, 350), 46, 60, 34, .34);
  C(600, 590, 360, lin([[0, lt(c, .35)], [.5, c], [1, dk(c, .35)]], 0, 0, 1, 1));
  clip(ell(600, 590, 360, 360), () => k.grain(230, 220, 740, 740, c, 11, 26, .3));
  C(600, 590, 322, lin([[0, dk(c, .45)], [1, lt(c, .2)]], 0, 0, 1, 1));
  C(600, 590, 312, lin([[0, '#efe8da'], [1, '#fbf7ee']], 0, 0, 1, 1));
  clip(ell(600, 590, 312, 312), () => soft('M280 590A320 320 0 0 1 830 370A290 290 0 0 0 310 690Z', DARK, 22, .3));
  for (let i = 0; i < 60; i++) { const a = i * Math.PI / 30, m = i % 5 === 0; const r0 = m ? 248 : 272; if (i % 15 === 0) continue; S(`M${(600 + Math.sin(a) * r0).toFixed(1)} ${(590 - Math.cos(a) * r0).toFixed(1)}L${(600 + Math.sin(a) * 286).toFixed(1)} ${(590 - Math.cos(a) * 286).toFixed(1)}`, PAL.ink, m ? 9 : 3, op(m ? .9 : .45)); }
  for (const a of [0, 90, 180, 270]) T(600, 590, 1, () => R(-9, -288, 18, 58, 9, PAL.cinnabar), a);
  T(606, 600, 1, () => { R(-9, -170, 18, 200, 9, DARK, op(.16)); }, -58); T(606, 602, 1, () => R(-6, -250, 12, 290, 6, DARK, op(.14)), 62);
  T(600, 590, 1, () => R(-9, -170, 18, 200, 9, PAL.ink), -58); T(600, 590, 1, () => R(-6, -250, 12, 290, 6, PAL.ink), 62);
  T(600, 590, 1, () => { R(-2.5, -262, 5, 330, 2, PAL.cinnabar); }, 190);
  C(600, 590, 18, PAL.brass); C(596, 586, 6, lt(PAL.brass, .6));
}
export function towels(c) {
  shadow(600, 940, 350);
  const cs = [dk(c, .1), lt(c, .4), c];
  let y = 930;
  cs.forEach((q, i) => {
    const h = 168 - i * 4, w = 640 - i * 22, x = 600 - w / 2 + (i - 1) * 10, t = y - h;
    const d = `M${x + 40} ${t}H${x + w - 70}Q${x + w} ${t} ${x + w} ${t + h / 2}Q${x + w} ${y} ${x + w - 70} ${y}H${x + 40}Q${x + 6} ${y} ${x + 10} ${y - h * .24}Q${x - 6} ${y - h * .5} ${x + 8} ${t + h * .3}Q${x + 4} ${t} ${x + 40} ${t}Z`;
    P(d, lin([[0, lt(q, .35)], [.3, q], [.75, dk(q, .14)], [1, dk(q, .34)]], 0, 0, 0, 1));
    clip(d, () => {
      S(`M${x - 10} ${t + h * .5}H${x + w - 90}Q${x + w - 46} ${t + h * .5} ${x + w - 46} ${t + h * .52}`, dk(q, .45), 9, op(.55));
      S(`M${x - 10} ${t + h * .27}H${x + w - 60}M${x - 10} ${t + h * .77}H${x + w - 60}`, dk(q, .35), 4, op(.35));
      const r = k.rng(i + 2); for (let j = 0; j < 240; j++) { const a = x + r() * w, b = t + r() * h; S(`M${a.toFixed(0)} ${b.toFixed(0)}l${(r() * 6 - 3).toFixed(0)} 6`, r() > .5 ? lt(q, .6) : dk(q, .3), 2, op(.3)); }
      P(`M${x + w - 230} ${t}h46v${h}h-46z`, lt(q, .5), op(.4)); S(`M${x + w - 240} ${t}v${h}M${x + w - 174} ${t}v${h}`, dk(q, .3), 2.5, op(.4));
      R(x, t, w, h, 0, lin([[0, DARK, .16], [.14, '#ffffff', .1], [.6, DARK, 0], [1, DARK, .28]]));
    });
    y = t + 6;
  });
  // woven label
  R(360, 800, 56, 74, 5, PAL.cream, op(.95)); S('M372 822H404M372 838H404M372 854H392', dk(c, .4), 4, op(.7));
}
export function umbrella(c) {
  shadow(640, 975, 230, .55);
  T(560, 560, 1, () => {
    S('M0 -60V330', '#3b3432', 16); S('M-3 -60V330', '#8d8480', 4);
    S('M0 310V390C0 470 110 470 110 390', dk(PAL.walnut, .25), 34); S('M-5 310V390C-5 462 104 468 104 392', lt(PAL.walnut, .15), 12);
    R(-15, 290, 30, 34, 6, PAL.brass);
    // inside of the canopy
    P('M-440 60C-440 60 -300 -10 -220 60C-140 120 -70 110 0 66C70 110 140 120 220 60C300 -10 440 60 440 60L300 -120H-300Z', dk(c, .55));
    const rib = [[-440, 60], [-232, 46], [0, 64], [232, 46], [440, 60]], mid = [[-330, 18], [-116, 78], [116, 78], [330, 18]];
    const ctl = [[-430, -150], [-226, -170], [0, -200], [226, -170], [430, -150]];
    const tone = [dk(c, .1), lt(c, .28), dk(c, .08), dk(c, .28)];
    for (let i = 0; i < 4; i++) {
      const [x0, y0] = rib[i], [x1, y1] = rib[i + 1], m = mid[i];
      P(`M0 -340C${ctl[i][0] * .62} -330 ${ctl[i][0]} ${ctl[i][1]} ${x0} ${y0}Q${m[0]} ${m[1] - 70} ${x1} ${y1}C${ctl[i + 1][0]} ${ctl[i + 1][1]} ${ctl[i + 1][0] * .62} -330 0 -340Z`, lin([[0, lt(tone[i], .12)], [.6, tone[i]], [1, dk(tone[i], .22)]], 0, 0, .15, 1));
    }
    for (let i = 0; i < 5; i++) S(`M0 -340C${ctl[i][0] * .62} -330 ${ctl[i][0]} ${ctl[i][1]} ${rib[i][0]} ${rib[i][1]}`, dk(c, .4), 3, op(.5));
    soft('M-250 -40C-236 -180 -150 -280 -60 -318C-140 -240 -190 -140 -196 -20Z', '#ffffff', 12, .35);
    R(-8, -392, 16, 60, 7, '#3b3432'); rib.forEach(([x, y]) => C(x, y, 9, '#3b3432'));
  }, 16);
}
export default {
  'celadon-tea-cup': ['studio', '#e9e1d3', () => cup('#8fb3a0')],
  'celadon-tea-cup-2': ['studio', '#dcdfdc', () => cup('#e3e9e6')],
  'linen-cushion': ['studio', '#e3e0d6', () => cushion('#d9c9ad', '#8a6a4a')],
  'linen-cushion-2': ['studio', '#e9e3d8', () => cushion('#5d7390', '#dfe5ea')],
  'linen-cushion-3': ['studio', '#e9dfd5', () => cushion('#c0705a', '#f1d9c8')],
  'soy-candle': ['studio', '#e6ddd3', () => candle('#b0763c', '#f3e3c2')],
  'rattan-basket': ['studio', '#e5e7dd', () => basket()],
  'mushroom-lamp': ['studio', '#d9cfc6', () => lamp('#f0e4cf')],
  'mushroom-lamp-2': ['studio', '#d6cdc6', () => lamp('#c9654a')],
  'dipped-vase': ['studio', '#ece2d8', () => vase('#e6dccb')],
  'walnut-wall-clock': ['table', '#dfe3df', () => clock(PAL.walnut)],
  'cotton-towel': ['studio', '#e7e4dc', () => towels('#9fb6a4')],
  'cotton-towel-2': ['studio', '#ebe3da', () => towels('#d9a183')],
  'cotton-towel-3': ['studio', '#e3e4e6', () => towels('#7d8fa6')],
  'long-umbrella': ['studio', '#dde2e3', () => umbrella('#364d74')],
  'long-umbrella-2': ['studio', '#e9e0d2', () => umbrella('#b8472f')],
};
