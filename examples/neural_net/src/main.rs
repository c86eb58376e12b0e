//! timing
use chunkfit::prelude::*;
use chunkfit::ndarray::*;
use chunkfit::linfa::DatasetBase;
use chunkfit_neural_net::*;
fn main(){
    let epochs=20;
    let mk=|n:usize,k:usize|{ let v=Array3::from_shape_fn((n,50,10),|(i,j,l)|((((i+k)*7919+j*104729+l*1299709)%1000) as f32/250.0)-2.0); DatasetBase::new(Sequences::new(v),Array1::<f32>::zeros(n))};
    let ch=Chunks::from_memory([mk(128,0),mk(72,128)]);
    for threads in [1,2,1,2]{
    let t=std::time::Instant::now();
    let m=Runtime::new().threads(threads).compute(Chained::new(AutoencoderParams::new(1).batches_per_epoch(2)).epochs(epochs).fit(&ch)).unwrap();
    println!("{threads} {:?} {:?} {:?}",t.elapsed()/epochs as u32,m.history().losses.last(), m.weights().arrays()[0][(0,0)].to_bits());
    }
}
