use std::io::{BufRead, Read, Write};
fn main() {
    let mut o = std::io::stdout().lock();
    for l in std::io::stdin().lock().split(b'\n') {
        let l = l.unwrap();
        let r = if l.first() == Some(&b'{') || l.first() == Some(&b'[') {
            deskpro_contact::to_form(&l)
        } else {
            deskpro_contact::to_v2(&l)
        };
        match r {
            Ok(c) => {
                writeln!(o, "{}", c.output()).unwrap();
                writeln!(o, "   {}", String::from_utf8_lossy(c.notes())).unwrap();
                let t = if l.first() == Some(&b'{') || l.first() == Some(&b'[') {
                    deskpro_contact::Target::V2
                } else {
                    deskpro_contact::Target::Form
                };
                let mut k = deskpro_contact::Converter::new(deskpro_contact::Options::new(t));
                match k.restore(c.output().as_bytes(), c.notes()) {
                    Ok(b) => {
                        writeln!(o, "   <- {}", String::from_utf8_lossy(b.output())).unwrap();
                        for l in b.losses() {
                            writeln!(o, "   ?? {l:?}").unwrap();
                        }
                    }
                    Err(e) => writeln!(o, "   RESTORE ERR {e}").unwrap(),
                }
            }
            Err(e) => writeln!(o, "ERR {e} {:?}", e.span()).unwrap(),
        }
    }
}
